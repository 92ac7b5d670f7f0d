import { describe, expect, it } from "vitest";
import type { AttributeDefinition, SchemaDefinition } from "../../src/schema/attributes/definition.ts";
import { commonAttributes } from "../../src/schema/defining/common-attributes.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { groupSchema } from "../../src/schema/definitions/group.ts";
import { userSchema } from "../../src/schema/definitions/user.ts";
import figures from "../conformance/rfc/rfc7643-8.7.1-schemas.json" with { type: "json" };

/** Every deviation from the figures of RFC 7643 section 8.7.1. Names are paths, values what stands here instead. */
const DEVIATIONS: Record<string, Partial<AttributeDefinition> | "added"> = {
  // Section 2.3.7: references are case exact. Section 2.3.6: binary values are.
  "User.profileUrl": { caseExact: true },
  "User.photos.value": { caseExact: true },
  "User.x509Certificates.value": { caseExact: true },
  "Group.members.$ref": { caseExact: true },
  "EnterpriseUser.manager.$ref": { caseExact: true },
  // Erratum 8471: a user's groups are groups.
  "User.groups.$ref": { caseExact: true, referenceTypes: ["Group"] },
  // Section 4.1.2 and the figures of 8.2 and 8.3 show it.
  "User.addresses.primary": "added",
  // An empty list of suggestions says what no list says.
  "User.roles.type": { canonicalValues: undefined },
  "User.x509Certificates.type": { canonicalValues: undefined },
  // Erratum 5368.
  "Group.displayName": { required: true },
  // Figure 8.4 shows it.
  "Group.members.display": "added",
  // Erratum 8472: an id is case exact.
  "EnterpriseUser.manager.value": { caseExact: true },
};

function flatten(schema: SchemaDefinition): Map<string, AttributeDefinition> {
  const flat = new Map<string, AttributeDefinition>();
  for (const attribute of schema.attributes) {
    flat.set(`${schema.name}.${attribute.name}`, attribute);
    for (const sub of attribute.subAttributes ?? []) flat.set(`${schema.name}.${attribute.name}.${sub.name}`, sub);
  }
  return flat;
}

function characteristics(attribute: AttributeDefinition): object {
  const { description, subAttributes, ...rest } = attribute;
  return rest;
}

describe("the definitions of RFC 7643", () => {
  const ours = new Map([userSchema, groupSchema, enterpriseUserSchema].flatMap((schema) => [...flatten(schema)]));
  const theirs = new Map(figures.map(defineSchema).flatMap((schema) => [...flatten(schema)]));

  it("have the URNs and names of the figures of section 8.7.1", () => {
    const named = [userSchema, groupSchema, enterpriseUserSchema].map(({ id, name }) => ({ id, name }));
    expect(named).toEqual(figures.map(({ id, name }) => ({ id, name })));
  });

  it("have the attributes of those figures and the listed ones", () => {
    const added = Object.keys(DEVIATIONS).filter((path) => DEVIATIONS[path] === "added");
    expect([...ours.keys()].sort()).toEqual([...theirs.keys(), ...added].sort());
    expect(ours.size).toBeGreaterThan(70);
  });

  it.each([...theirs])(
    "have %s as the figure shows it, but for the listed deviations [req 60] [req 61]",
    (path, figure) => {
      const attribute = ours.get(path);
      const deviation = DEVIATIONS[path] ?? {};
      expect(attribute && characteristics(attribute)).toEqual({ ...characteristics(figure), ...(deviation as object) });
    },
  );

  it("describe every attribute", () => {
    const all = [...ours.values(), ...commonAttributes];
    expect(all.filter((attribute) => attribute.description === "")).toEqual([]);
  });

  it("have id, externalId, meta and schemas as every resource has them [req 36] [req 38] [req 42]", () => {
    const [schemas, id, externalId, meta] = commonAttributes;
    expect(schemas).toMatchObject({ name: "schemas", multiValued: true, returned: "always" });
    expect(id).toMatchObject({ name: "id", caseExact: true, mutability: "readOnly", returned: "always" });
    expect(externalId).toMatchObject({
      name: "externalId",
      caseExact: true,
      mutability: "readWrite",
      uniqueness: "none",
    });
    expect(meta?.subAttributes?.every((sub) => sub.mutability === "readOnly" && sub.returned === "default")).toBe(true);
  });
});
