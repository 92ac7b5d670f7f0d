import { deepFreeze } from "../../values/frozen-json.ts";
import { attribute } from "../attributes/attribute.ts";
import type { AttributeDefinition } from "../attributes/definition.ts";

/**
 * The attributes that every resource has (RFC 7643 section 3.1, and `schemas` of section 3). No schema document lists
 * them.
 */
export const commonAttributes: readonly AttributeDefinition[] = deepFreeze([
  attribute("schemas", "The URIs of the schemas whose attributes are present.", {
    type: "reference",
    multiValued: true,
    required: true,
    // URNs are the same in any case (RFC 8141 section 3).
    caseExact: false,
    returned: "always",
  }),
  attribute("id", "The service provider's identifier of the resource.", {
    caseExact: true,
    mutability: "readOnly",
    returned: "always",
    uniqueness: "global",
  }),
  attribute("externalId", "The provisioning client's identifier of the resource.", { caseExact: true }),
  attribute("meta", "What the service provider says of the resource.", {
    type: "complex",
    mutability: "readOnly",
    subAttributes: [
      attribute("resourceType", "The name of the resource type.", { caseExact: true, mutability: "readOnly" }),
      attribute("created", "When the resource was added.", { type: "dateTime", mutability: "readOnly" }),
      attribute("lastModified", "When the resource was last changed.", { type: "dateTime", mutability: "readOnly" }),
      attribute("location", "The URI of the resource.", { type: "reference", mutability: "readOnly" }),
      attribute("version", "The version of the resource, its entity tag.", {
        caseExact: true,
        mutability: "readOnly",
      }),
    ],
  }),
]);
