import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";

/** The URN of the sample type's extension. */
export const EXTENSION = "urn:example:extension:2.0:Sample";

/** A resource type with attributes of every type and form. */
export const sampleType: ResourceType = defineResourceType({
  name: "Sample",
  endpoint: "/Samples",
  schema: defineSchema({
    id: "urn:example:2.0:Sample",
    attributes: [
      { name: "text" },
      { name: "exact", caseExact: true },
      { name: "flag", type: "boolean" },
      { name: "count", type: "integer" },
      { name: "ratio", type: "decimal" },
      { name: "since", type: "dateTime" },
      { name: "key", type: "binary" },
      { name: "link", type: "reference" },
      { name: "secret", returned: "never" },
      { name: "tags", multiValued: true },
      {
        name: "name",
        type: "complex",
        subAttributes: [{ name: "formal" }, { name: "nick", caseExact: true }],
      },
      {
        name: "items",
        type: "complex",
        multiValued: true,
        subAttributes: [
          { name: "value" },
          { name: "type", caseExact: true },
          { name: "primary", type: "boolean" },
          { name: "rank", type: "integer" },
          { name: "pin", returned: "never" },
          { name: "labels", multiValued: true },
        ],
      },
      { name: "sealed", type: "complex", subAttributes: [{ name: "value", returned: "never" }, { name: "hint" }] },
    ],
  }),
  extensions: [
    {
      schema: defineSchema({
        id: EXTENSION,
        attributes: [
          { name: "badge" },
          { name: "boss", type: "complex", subAttributes: [{ name: "value", caseExact: true }, { name: "title" }] },
        ],
      }),
    },
  ],
});
