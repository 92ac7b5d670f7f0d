import { describe, expect, it } from "vitest";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import { URN } from "../../src/protocol/urns.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { freeze } from "./freeze.ts";

const user = freeze({
  schemas: [URN.user],
  id: "1",
  userName: "babs",
  name: { givenName: "Barbara", familyName: "Jensen" },
  emails: [{ value: "babs@example.com", type: "work", primary: true }],
});
const group = freeze({ schemas: [URN.group], displayName: "Tour", members: [{ value: "u1", display: "One" }] });

const thing = defineResourceType({
  name: "Thing",
  endpoint: "/Things",
  schema: defineSchema({
    id: "urn:example:thing",
    attributes: [
      { name: "serial", mutability: "immutable" },
      { name: "count", type: "integer" },
      { name: "tags", multiValued: true },
      {
        name: "lock",
        type: "complex",
        subAttributes: [{ name: "code" }, { name: "openings", type: "integer", mutability: "readOnly" }],
      },
    ],
  }),
  extensions: [
    {
      schema: defineSchema({
        id: "urn:example:seal",
        attributes: [{ name: "colour", required: true }, { name: "by" }],
      }),
      required: true,
    },
  ],
});

const onUser = (...operations: Record<string, unknown>[]) => applyPatch(user, operations, userResourceType);
const onGroup = (...operations: Record<string, unknown>[]) => applyPatch(group, operations, groupResourceType);
const onThing = (resource: Record<string, unknown>, ...operations: Record<string, unknown>[]) =>
  applyPatch(freeze(resource), operations, thing);

describe("applyPatch", () => {
  it.each([
    { op: "add", path: "emails", value: [{ value: "babs@example.com", type: "work" }] },
    { op: "replace", path: "name.givenName", value: "Barbara" },
    { op: "replace", value: { NAME: { FamilyName: "Jensen" } } },
    { op: "remove", path: "nickName" },
    { op: "remove", path: 'emails[type eq "home"]' },
    { op: "replace", path: "emails", value: [{ primary: true, type: "work", value: "babs@example.com" }] },
    { op: "add", path: `${URN.enterpriseUser}:department`, value: null },
  ])("gives back the very object when nothing changes: %j [req 142, 160]", (operation) => {
    expect(onUser(operation)).toBe(user);
  });

  it("gives back the very object when one operation undoes another [req 142]", () => {
    expect(
      onGroup({ op: "add", path: "members", value: { value: "u2" } }, { op: "remove", path: 'members[value eq "u2"]' }),
    ).toBe(group);
  });

  it("keeps a member that is added again once, as it is [req 143]", () => {
    expect(onGroup({ op: "add", path: "members", value: [{ value: "u1", display: "Other" }] })).toBe(group);
  });

  it("applies nothing when one operation fails, and says which [req 137]", () => {
    expect(() =>
      onUser({ op: "replace", path: "displayName", value: "B" }, { op: "remove", path: "userName" }),
    ).toThrow(
      expect.objectContaining({
        scimType: "mutability",
        detail: "Operations[1]: userName is required and cannot be removed",
      }),
    );
    expect(user).not.toHaveProperty("displayName");
  });

  it("lets each operation see what the one before did [req 138]", () => {
    expect(
      onUser(
        { op: "add", path: 'addresses[type eq "work"].locality', value: "Oslo" },
        { op: "add", path: 'addresses[type eq "work"].country', value: "NO" },
      ).addresses,
    ).toEqual([{ type: "work", locality: "Oslo", country: "NO" }]);
  });

  it("writes names and URNs in canonical case", () => {
    const after = onUser({
      op: "add",
      value: { NICKNAME: "B", [URN.enterpriseUser.toUpperCase()]: { DEPARTMENT: "D" } },
    });
    expect(after).toMatchObject({ nickName: "B", [URN.enterpriseUser]: { department: "D" } });
  });

  it("demotes the value that was primary [req 148]", () => {
    const emails = onUser({ op: "add", path: "emails", value: { value: "b@x.org", primary: true } }).emails;
    expect(emails).toEqual([
      { value: "babs@example.com", type: "work", primary: false },
      { value: "b@x.org", primary: true },
    ]);
  });

  it("names and un-names an extension in schemas with its data [req 159]", () => {
    const added = onUser({ op: "add", path: `${URN.enterpriseUser}:department`, value: "D" });
    expect(added.schemas).toEqual([URN.user, URN.enterpriseUser]);
    const removed = applyPatch(added, [{ op: "remove", path: `${URN.enterpriseUser}:department` }], userResourceType);
    expect(removed).toEqual(user);
  });

  it("removes the data of an extension with its URN, by path or from schemas [req 159]", () => {
    const added = onUser({ op: "add", path: URN.enterpriseUser, value: { department: "D" } });
    for (const path of [URN.enterpriseUser, `schemas[value eq "${URN.enterpriseUser}"]`]) {
      expect(applyPatch(added, [{ op: "remove", path }], userResourceType)).toEqual(user);
    }
  });
});

describe("applyPatch against the definitions of attributes", () => {
  it.each([
    [
      "schemas without the type's own URN",
      { op: "replace", path: "schemas", value: [URN.enterpriseUser] },
      "mutability",
    ],
    ["a foreign URN in schemas", { op: "add", path: "schemas", value: ["urn:evil"] }, "invalidValue"],
    ["the removal of schemas", { op: "remove", path: "schemas" }, "mutability"],
    ["a read-only attribute in a path", { op: "replace", path: "groups", value: [] }, "mutability"],
    ["id in a value without path", { op: "replace", value: { id: "1" } }, "mutability"],
    ["a read-only sub-attribute", { op: "replace", path: "meta.version", value: "x" }, "mutability"],
    ["an unknown attribute in a value", { op: "add", value: { shoeSize: 42 } }, "invalidValue"],
    ["an unknown sub-attribute in a value", { op: "add", value: { name: { first: "B" } } }, "invalidValue"],
    ["an attribute twice in a value", { op: "add", value: { title: "a", TITLE: "b" } }, "invalidSyntax"],
    ["an unknown attribute in a path", { op: "remove", path: "shoeSize" }, "invalidPath"],
    ["an unknown sub-attribute behind a filter", { op: "remove", path: 'emails[type eq "work"].size' }, "invalidPath"],
    ["a filter on a sub-attribute", { op: "remove", path: 'emails.value[type eq "work"]' }, "invalidPath"],
    ["an unknown attribute in a filter", { op: "remove", path: 'emails[size eq "x"]' }, "invalidFilter"],
    ["a remove without path", { op: "remove" }, "noTarget"],
    ["a remove with a value", { op: "remove", path: "emails", value: [{ value: "x" }] }, "invalidValue"],
    ["a remove with null as value", { op: "remove", path: "emails", value: null }, "invalidValue"],
    ["an add without value", { op: "add", path: "title" }, "invalidValue"],
    ["a value of another type", { op: "add", path: "active", value: "true" }, "invalidValue"],
    ["an element that is null", { op: "add", path: "emails", value: [null] }, "invalidValue"],
    ["an element without anything", { op: "add", path: "emails", value: [{}] }, "invalidValue"],
    ["an empty text for what is required", { op: "replace", path: "userName", value: " " }, "invalidValue"],
    [
      "an unmatched filter of a replace",
      { op: "replace", path: 'emails[type eq "home"].value', value: "x" },
      "noTarget",
    ],
    [
      "an unmatched filter with or",
      { op: "add", path: 'emails[type eq "a" or type eq "b"].value', value: "x" },
      "noTarget",
    ],
    ["a null for what is required", { op: "replace", value: { userName: null } }, "mutability"],
  ])("refuses %s", (_, operation, scimType) => {
    expect(() => onUser(operation)).toThrow(expect.objectContaining({ status: 400, scimType }));
  });

  it("refuses a member without value, and to make an element mean another member [req 149]", () => {
    expect(() => onGroup({ op: "add", path: "members", value: [{ display: "Nobody" }] })).toThrow(
      expect.objectContaining({ scimType: "invalidValue" }),
    );
    expect(() => onGroup({ op: "replace", path: 'members[value eq "u1"].value', value: "u2" })).toThrow(
      expect.objectContaining({ scimType: "mutability" }),
    );
    expect(onGroup({ op: "replace", path: 'members[value eq "u1"]', value: { value: "u2" } }).members).toEqual([
      { value: "u2" },
    ]);
  });

  it("writes the names of resource types as they are", () => {
    expect(onGroup({ op: "add", path: "members", value: { value: "g1", type: "group" } }).members).toContainEqual({
      value: "g1",
      type: "Group",
    });
  });

  it("takes an immutable value once [req 149]", () => {
    const seal = { "urn:example:seal": { colour: "red" } };
    expect(onThing(seal, { op: "add", path: "serial", value: "7" }).serial).toBe("7");
    const numbered = { ...seal, serial: "7" };
    expect(onThing(numbered, { op: "replace", path: "serial", value: "7" })).toEqual(numbered);
    for (const operation of [
      { op: "replace", path: "serial", value: "8" },
      { op: "remove", path: "serial" },
      { op: "replace", value: { serial: null } },
    ]) {
      expect(() => onThing(numbered, operation)).toThrow(expect.objectContaining({ scimType: "mutability" }));
    }
  });

  it("leaves a read-only sub-attribute of a value out", () => {
    const seal = { "urn:example:seal": { colour: "red" }, lock: { code: "1", openings: 3 } };
    expect(onThing(seal, { op: "replace", path: "lock", value: { code: "2", openings: 9 } }).lock).toEqual({
      code: "2",
      openings: 3,
    });
  });
});

describe("applyPatch with extensions, lists and many operations", () => {
  it("keeps a required extension and what is required in it [req 147]", () => {
    const seal = {
      schemas: ["urn:example:thing", "urn:example:seal"],
      "urn:example:seal": { colour: "red", by: "me" },
    };
    for (const operation of [
      { op: "remove", path: "urn:example:seal" },
      { op: "remove", path: "urn:example:seal:colour" },
      { op: "remove", path: 'schemas[value eq "urn:example:seal"]' },
      { op: "replace", value: { "urn:example:seal": null } },
    ]) {
      expect(() => onThing(seal, operation)).toThrow(expect.objectContaining({ scimType: "mutability" }));
    }
    expect(onThing(seal, { op: "remove", path: "urn:example:seal:by" })["urn:example:seal"]).toEqual({ colour: "red" });
  });

  it("adds to, filters and removes from a list of texts", () => {
    const tagged = { "urn:example:seal": { colour: "red" }, tags: ["a", "b"] };
    expect(onThing(tagged, { op: "add", path: "tags", value: "c" }).tags).toEqual(["a", "b", "c"]);
    expect(onThing(tagged, { op: "add", path: "tags", value: ["b"] }).tags).toEqual(["a", "b"]);
    expect(onThing(tagged, { op: "remove", path: 'tags[value eq "a"]' }).tags).toEqual(["b"]);
    expect(onThing(tagged, { op: "replace", path: 'tags[value eq "a"]', value: "z" }).tags).toEqual(["z", "b"]);
  });

  it("keeps the members where an object of attributes has null for them, as a PUT does", () => {
    const group = onGroup({ op: "replace", value: { displayName: "renamed", members: null } });
    expect(group).toMatchObject({ displayName: "renamed", members: expect.anything() });
    expect(onGroup({ op: "replace", value: { members: [] } })).not.toHaveProperty("members");
  });

  it.each([null, []])("clears an attribute with %j [req 144]", (value) => {
    expect(onGroup({ op: "replace", path: "members", value })).not.toHaveProperty("members");
    expect(onUser({ op: "replace", value: { emails: value } })).not.toHaveProperty("emails");
  });

  it("lets nothing from outside reach a prototype", () => {
    const value: unknown = JSON.parse('{"name":{"__proto__":{"polluted":true}}}');
    expect(() => onUser({ op: "add", value })).toThrow(expect.objectContaining({ scimType: "invalidValue" }));
    const resource = JSON.parse('{"userName":"u","__proto__":{"polluted":true}}') as Record<string, unknown>;
    const after = applyPatch(resource, [{ op: "add", path: "title", value: "t" }], userResourceType);
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("adds and removes a thousand members in a thousand operations without looking at all each time", () => {
    let reads = 0;
    const members = Array.from({ length: 20_000 }, (_, i) => ({
      get value() {
        reads += 1;
        return `u${i}`;
      },
    }));
    const operations = Array.from({ length: 1000 }, (_, i) => [
      { op: "add", path: "members", value: [{ value: `new${i}` }] },
      { op: "remove", path: `members[value eq "u${i * 3}"]` },
    ]).flat();
    const after = applyPatch({ displayName: "Big", members }, operations, groupResourceType);
    expect(after.members).toHaveLength(20_000);
    // Comparing each operation with each member would read 40 million times.
    expect(reads).toBeLessThan(300_000);
  });
});
