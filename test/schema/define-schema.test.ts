import { describe, expect, it } from "vitest";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { schemaDocument } from "../../src/schema/discovery/documents.ts";
import providerSchemas from "../conformance/rfc/rfc7643-8.7.2-service-provider-schemas.json" with { type: "json" };

const ID = "urn:example:params:scim:schemas:Badge";

function withAttributes(...attributes: unknown[]): () => unknown {
  return () => defineSchema({ id: ID, name: "Badge", attributes } as unknown);
}

describe("defineSchema", () => {
  it("fills in the defaults of RFC 7643 section 2.2", () => {
    const schema = defineSchema({ id: ID, attributes: [{ name: "number" }] });
    expect(schema).toEqual({
      id: ID,
      name: "Badge",
      description: "",
      attributes: [
        {
          name: "number",
          type: "string",
          multiValued: false,
          description: "",
          required: false,
          caseExact: false,
          mutability: "readWrite",
          returned: "default",
          uniqueness: "none",
        },
      ],
    });
  });

  it("takes references and binary values for case exact unless told otherwise", () => {
    const { attributes } = defineSchema({
      id: ID,
      attributes: [
        { name: "a", type: "reference" },
        { name: "b", type: "binary" },
        { name: "c", type: "reference", caseExact: false },
      ],
    });
    expect(attributes.map((attribute) => attribute.caseExact)).toEqual([true, true, false]);
    expect(attributes[0]?.referenceTypes).toEqual(["uri"]);
  });

  it("reads nulls as left out, and what is in the document of a schema", () => {
    const { attributes } = defineSchema({
      id: ID,
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
      attributes: [{ name: "a", canonicalValues: null, type: null }],
      meta: { resourceType: "Schema" },
    } as unknown);
    expect(attributes[0]).not.toHaveProperty("canonicalValues");
  });

  it("refuses members that a definition does not have, and says which was meant", () => {
    const inAttribute = `Schema ${ID}, attribute number`;
    expect(withAttributes({ name: "number", unique: "server" })).toThrow(
      new TypeError(`${inAttribute}: there is no unique, did you mean uniqueness?`),
    );
    expect(withAttributes({ name: "number", MultiValue: true })).toThrow(
      `${inAttribute}: there is no MultiValue, did you`,
    );
    expect(withAttributes({ name: "number", extra: 1 })).toThrow(
      `${inAttribute}: there is no extra; members are name, type, multiValued, description, required,`,
    );
    expect(
      withAttributes({ name: "doors", type: "complex", subAttributes: [{ name: "x", canonical: ["a"] }] }),
    ).toThrow(`Schema ${ID}, attribute doors, attribute x: there is no canonical, did you mean canonicalValues?`);
    expect(() => defineSchema({ id: ID, attributes: [], title: "Badge" } as unknown)).toThrow(
      `Schema ${ID}: there is no title`,
    );
  });

  it("reads names in any case, since an ignored one would turn a list into one value", () => {
    const attributes = [
      { Name: "doors", TYPE: "complex", multivalued: true, subattributes: [{ name: "x", Required: true }] },
    ];
    const [doors] = defineSchema({ ID: "urn:example:Doors", Attributes: attributes } as unknown).attributes;
    expect(doors).toMatchObject({ name: "doors", multiValued: true, subAttributes: [{ name: "x", required: true }] });
    const [twice] = defineSchema({
      id: "urn:example:X",
      attributes: [{ multivalued: true, multiValued: false, name: "x" }],
    } as unknown).attributes;
    expect(twice?.multiValued).toBe(false);
  });

  it("freezes all of it", () => {
    const schema = defineSchema({
      id: ID,
      attributes: [{ name: "a", type: "complex", subAttributes: [{ name: "b", canonicalValues: ["x"] }] }],
    });
    const sub = schema.attributes[0]?.subAttributes?.[0];
    const parts = [schema, schema.attributes, schema.attributes[0], schema.attributes[0]?.subAttributes, sub];
    expect([...parts, sub?.canonicalValues].every(Object.isFrozen)).toBe(true);
  });
});

describe("defineSchema, checking what it is given", () => {
  it.each([
    ["a name twice in different case", [{ name: "a" }, { name: "A" }], "attribute A is defined twice"],
    [
      "a sub-attribute twice",
      [{ name: "a", type: "complex", subAttributes: [{ name: "b" }, { name: "B" }] }],
      "attribute a: attribute B is defined twice",
    ],
    [
      "complex within complex",
      [{ name: "a", type: "complex", subAttributes: [{ name: "b", type: "complex", subAttributes: [{ name: "c" }] }] }],
      "attribute b: a complex attribute within a complex one",
    ],
    ["a type there is not", [{ name: "a", type: "text" }], "attribute a: type"],
    ["a keyword in the wrong case", [{ name: "a", mutability: "readonly" }], "attribute a: mutability"],
    ["a name with a space", [{ name: "a b" }], "attribute a b: not a name"],
    ["a name with a dot", [{ name: "a.b" }], "attribute a.b: not a name"],
    ["a name that reaches a prototype", [{ name: "constructor" }], "attribute constructor: not a name"],
    ["a name that is a prototype", [{ name: "__proto__" }], "attribute __proto__: not a name"],
    ["complex without sub-attributes", [{ name: "a", type: "complex" }], "needs sub-attributes"],
    ["sub-attributes of a string", [{ name: "a", subAttributes: [{ name: "b" }] }], "only a complex attribute"],
    ["an attribute that is none", ["a"], "attribute 0"],
    [
      "what is only written and always shown",
      [{ name: "a", mutability: "writeOnly", returned: "always" }],
      "attribute a: mutability writeOnly",
    ],
    [
      "a unique complex attribute",
      [{ name: "a", type: "complex", uniqueness: "server", subAttributes: [{ name: "b" }] }],
      "attribute a: a complex attribute has no uniqueness",
    ],
    ["a unique secret", [{ name: "a", returned: "never", uniqueness: "global" }], "attribute a: a value that is never"],
    [
      "an immutable secret in a complex attribute",
      [{ name: "a", type: "complex", subAttributes: [{ name: "b", returned: "never", mutability: "immutable" }] }],
      "attribute a, attribute b: a value that is never",
    ],
  ])("refuses %s, naming schema and attribute", (_, attributes, message) => {
    expect(withAttributes(...attributes)).toThrow(TypeError);
    expect(withAttributes(...attributes)).toThrow(message);
    expect(withAttributes(...attributes)).toThrow(ID);
  });

  it.each([[undefined], [null], ["x"], [{}], [{ id: "Badge", attributes: [] }], [{ id: ID }]])("refuses %j", (json) => {
    expect(() => defineSchema(json)).toThrow(TypeError);
  });

  it("takes what is only written for never returned, so that it is published as it is [req 66]", () => {
    const { attributes } = defineSchema({ id: ID, attributes: [{ name: "pin", mutability: "writeOnly" }] });
    expect(attributes[0]).toMatchObject({ mutability: "writeOnly", returned: "never" });
  });

  it("refuses a URN that no path could begin with, naming it", () => {
    expect(() => defineSchema({ id: 'urn:example:"x', attributes: [] })).toThrow('Schema urn:example:"x: id: must be');
    expect(() => defineSchema({ id: "urn:example:x[0]", attributes: [] })).toThrow(TypeError);
    expect(defineSchema({ id: "http://example.com/a?b#c", attributes: [{ name: "d" }] }).id).toContain("example");
  });

  it("gives back equal what it published itself", () => {
    const schema = defineSchema({
      id: ID,
      attributes: [{ name: "a", type: "complex", subAttributes: [{ name: "b" }] }],
    });
    expect(defineSchema(schemaDocument(schema, "https://app.example"))).toEqual(schema);
  });

  it("refuses the RFC's own schema of schemas, since it nests complex attributes", () => {
    const [config, , schemas] = providerSchemas as unknown[];
    expect(() => defineSchema(schemas)).toThrow("within a complex one");
    expect(defineSchema(config).name).toBe("Service Provider Configuration");
  });
});
