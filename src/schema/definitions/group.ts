import type { Group, GroupInput } from "../../protocol/resources.ts";
import { URN } from "../../protocol/urns.ts";
import { attribute } from "../attributes/attribute.ts";
import type { TypedResourceType, TypedSchema } from "../attributes/typed.ts";
import { defineResourceType } from "../defining/define-resource-type.ts";
import { readSchema } from "../defining/define-schema.ts";

/** Groups (RFC 7643 sections 4.2 and 8.7.1). `displayName` is required (erratum 5368); `members.display` is as in figure 8. */
export const groupSchema: TypedSchema<typeof URN.group, Group, GroupInput> = readSchema(
  {
    id: URN.group,
    name: "Group",
    description: "Group",
    attributes: [
      attribute("displayName", "A human-readable name for the group.", { required: true }),
      attribute("members", "The members of the group: users and other groups.", {
        type: "complex",
        multiValued: true,
        subAttributes: [
          attribute("value", "The id of the member.", { mutability: "immutable" }),
          attribute("$ref", "The URI of the member.", {
            type: "reference",
            referenceTypes: ["User", "Group"],
            mutability: "immutable",
          }),
          attribute("display", "A human-readable name of the member.", { mutability: "immutable" }),
          attribute("type", "The type of the member.", {
            canonicalValues: ["User", "Group"],
            mutability: "immutable",
          }),
        ],
      }),
    ],
  },
  "refuse",
) as typeof groupSchema;

/** Groups at `/Groups`. */
export const groupResourceType: TypedResourceType<"Group", Group, GroupInput> = defineResourceType({
  name: "Group",
  endpoint: "/Groups",
  description: "Group",
  schema: groupSchema,
});
