import { describe, expect, it } from "vitest";
import { indexOf } from "../../src/schema/attribute-index.ts";
import { defineResourceType } from "../../src/schema/define-resource-type.ts";
import { defineSchema } from "../../src/schema/define-schema.ts";
import type { SchemaDefinition } from "../../src/schema/definition.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { userResourceType, userSchema } from "../../src/schema/definitions/user.ts";

const valid = { name: "Person", endpoint: "/People", schema: userSchema };

describe("defineResourceType", () => {
  it("makes a frozen type that shows nothing of its index", () => {
    const type = defineResourceType({ ...valid, extensions: [{ schema: enterpriseUserSchema }] });
    expect(Object.isFrozen(type)).toBe(true);
    expect(type).toEqual({
      name: "Person",
      endpoint: "/People",
      description: "",
      schema: userSchema,
      extensions: [{ schema: enterpriseUserSchema, required: false }],
    });
    expect(Object.keys(JSON.parse(JSON.stringify(type)))).toEqual([
      "name",
      "endpoint",
      "description",
      "schema",
      "extensions",
    ]);
  });

  it("reads a schema that was written by hand like one from JSON", () => {
    const schema = { id: "urn:example:Thing", name: "Thing", description: "", attributes: [{ name: "size" }] };
    const type = defineResourceType({ ...valid, schema: schema as unknown as SchemaDefinition });
    expect(type.schema.attributes[0]).toMatchObject({ type: "string", returned: "default" });
  });

  it.each([
    ["an endpoint without slash", { endpoint: "People" }],
    ["an endpoint of two segments", { endpoint: "/a/b" }],
    ["an endpoint of the protocol", { endpoint: "/schemas" }],
    ["a name with a slash", { name: "a/b" }],
    ["no name", { name: "" }],
    ["a schema as extension of itself", { extensions: [{ schema: userSchema }] }],
    ["an extension twice", { extensions: [{ schema: enterpriseUserSchema }, { schema: enterpriseUserSchema }] }],
    ["a schema that defines id", { schema: defineSchema({ id: "urn:example:x", attributes: [{ name: "ID" }] }) }],
  ])("refuses %s", (_, change) => {
    expect(() => defineResourceType({ ...valid, ...change })).toThrow(TypeError);
  });

  it("is what look-ups ask for: a copy of a type is not one", () => {
    expect(() => indexOf({ ...userResourceType })).toThrow("was not made by defineResourceType");
  });
});
