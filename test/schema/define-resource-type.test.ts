import { describe, expect, it } from "vitest";
import { indexOf } from "../../src/schema/attributes/attribute-index.ts";
import type { SchemaDefinition } from "../../src/schema/attributes/definition.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { userResourceType, userSchema } from "../../src/schema/definitions/user.ts";
import { defineResourceTypes } from "../../src/schema/discovery/define-resource-types.ts";

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

  it("refuses members that a resource type does not have, and says which was meant", () => {
    const extension = { schema: enterpriseUserSchema };
    expect(() => defineResourceType({ ...valid, extension: [extension] } as never)).toThrow(
      new TypeError("Resource type Person: there is no extension, did you mean extensions?"),
    );
    expect(() => defineResourceType({ ...valid, extensions: [{ ...extension, require: true }] } as never)).toThrow(
      new TypeError("Resource type Person, extension: there is no require, did you mean required?"),
    );
  });

  it("ignores such members in what another server publishes", () => {
    const [type] = defineResourceTypes({
      resourceTypes: { name: "Thing", endpoint: "/Things", schema: "urn:example:Thing", vendor: 1 },
      schemas: { id: "urn:example:Thing", vendor: 2, attributes: [{ name: "size", unique: "server" }] },
    });
    expect(type?.schema.attributes[0]).toMatchObject({ name: "size", uniqueness: "none" });
    expect(type?.schema.attributes[0]).not.toHaveProperty("unique");
  });

  it.each([
    ["an endpoint without slash", { endpoint: "People" }],
    ["an endpoint that climbs", { endpoint: "/a/../b" }],
    ["an endpoint with a slash at its end", { endpoint: "/a/" }],
    ["no endpoint", { endpoint: undefined as unknown as string }],
    ["an endpoint of the protocol", { endpoint: "/schemas" }],
    ["an endpoint below one of the protocol", { endpoint: "/Bulk/people" }],
    ["an endpoint that ends as searches do", { endpoint: "/people/.search" }],
    ["a name with a slash", { name: "a/b" }],
    ["no name", { name: "" }],
    ["a name that is no text", { name: undefined as unknown as string }],
    ["a schema as extension of itself", { extensions: [{ schema: userSchema }] }],
    ["an extension twice", { extensions: [{ schema: enterpriseUserSchema }, { schema: enterpriseUserSchema }] }],
    ["a schema that defines id", { schema: defineSchema({ id: "urn:example:x", attributes: [{ name: "ID" }] }) }],
    ["no schema", { schema: undefined as unknown as SchemaDefinition }],
    [
      "an extension that is called as an attribute of another schema is",
      {
        extensions: [
          { schema: defineSchema({ id: "urn:example:a", attributes: [{ name: "b" }] }) },
          { schema: defineSchema({ id: "urn:example:A:B", attributes: [{ name: "c" }] }) },
        ],
      },
    ],
  ])("refuses %s", (_, change) => {
    expect(() => defineResourceType({ ...valid, ...change })).toThrow(TypeError);
  });

  it("names the type and what is wrong with it", () => {
    expect(() => defineResourceType({ ...valid, endpoint: "People" })).toThrow(
      "Resource type Person: endpoint: must be",
    );
    const broken = Object.freeze({ id: "urn:example:x", attributes: Object.freeze([{ name: "a", type: "text" }]) });
    expect(() => defineResourceType({ ...valid, schema: broken as unknown as SchemaDefinition })).toThrow(
      "Schema urn:example:x, attribute a: type",
    );
  });

  it("takes an endpoint of several segments, in any case", () => {
    expect(defineResourceType({ ...valid, endpoint: "/hr/pEople.v2" }).endpoint).toBe("/hr/pEople.v2");
  });

  it("is what look-ups ask for: a copy of a type is not one", () => {
    expect(() => indexOf({ ...userResourceType })).toThrow("was not created by defineResourceType");
  });
});
