import type { EnterpriseUser } from "../../protocol/resources.ts";
import { URN } from "../../protocol/urns.ts";
import { attribute } from "../attributes/attribute.ts";
import type { TypedSchema } from "../attributes/typed.ts";
import { readSchema } from "../defining/define-schema.ts";

/** The Enterprise User extension (RFC 7643 sections 4.3 and 8.7.1). `manager.value` is case exact as every id is (erratum 8472). */
export const enterpriseUserSchema: TypedSchema<typeof URN.enterpriseUser, EnterpriseUser, EnterpriseUser> = readSchema(
  {
    id: URN.enterpriseUser,
    name: "EnterpriseUser",
    description: "Enterprise User",
    attributes: [
      attribute("employeeNumber", "Identifier assigned to a person by the organization."),
      attribute("costCenter", "The name of a cost center."),
      attribute("organization", "The name of an organization."),
      attribute("division", "The name of a division."),
      attribute("department", "The name of a department."),
      attribute("manager", "The user's manager.", {
        type: "complex",
        subAttributes: [
          attribute("value", "The id of the manager's resource.", { caseExact: true }),
          attribute("$ref", "The URI of the manager's resource.", { type: "reference", referenceTypes: ["User"] }),
          attribute("displayName", "The displayName of the manager.", { mutability: "readOnly" }),
        ],
      }),
    ],
  },
  "refuse",
) as typeof enterpriseUserSchema;
