import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";

/** An extension whose URN has a dot after its last colon. */
export const BADGE_EXTENSION = "urn:example:params:scim:schemas:extension:Badge:2.1";

/** A type that uses what no standard schema does: immutable, request, always, never, integer, unique in a list. */
export const badgeType: ResourceType = defineResourceType({
  name: "Badge",
  endpoint: "/Badges",
  schema: defineSchema({
    id: "urn:example:params:scim:schemas:core:2.0:Badge",
    name: "Badge",
    attributes: [
      { name: "number", required: true, mutability: "immutable", uniqueness: "server" },
      { name: "level", type: "integer" },
      { name: "weight", type: "decimal" },
      { name: "issued", type: "dateTime" },
      { name: "photo", type: "binary" },
      { name: "aliases", multiValued: true, uniqueness: "global", caseExact: true },
      { name: "history", returned: "request" },
      { name: "label", returned: "always" },
      { name: "pin", returned: "never", mutability: "writeOnly" },
      {
        name: "holder",
        type: "complex",
        subAttributes: [
          { name: "value", required: true, returned: "always" },
          { name: "since", mutability: "immutable" },
          { name: "note" },
          { name: "token", returned: "never" },
        ],
      },
      {
        name: "keys",
        type: "complex",
        multiValued: true,
        subAttributes: [
          { name: "value", uniqueness: "server" },
          { name: "doors", multiValued: true },
          { name: "secret", returned: "never" },
        ],
      },
    ],
  }),
  extensions: [
    {
      schema: defineSchema({
        id: BADGE_EXTENSION,
        attributes: [
          { name: "color", required: true },
          { name: "serial", returned: "always", uniqueness: "server" },
          { name: "code", returned: "never" },
        ],
      }),
    },
  ],
});
