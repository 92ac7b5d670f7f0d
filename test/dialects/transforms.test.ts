import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { transformResource, withTransforms } from "../../src/dialects/dialect.ts";
import { strict } from "../../src/dialects/strict.ts";
import { readOperations } from "../../src/patch/read-operations.ts";
import { RequestPaths } from "../../src/patch/request-paths.ts";
import { URN } from "../../src/protocol/urns.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";

/** URNs before the RFC. */
const LEGACY_URN = {
  core1: "urn:scim:schemas:core:1.0",
  enterprise1: "urn:scim:schemas:extension:enterprise:1.0",
  enterprise2: "urn:scim:schemas:extension:enterprise:2.0:User",
};

type Json = Record<string, unknown>;

/** What one transform alone makes of operations, without their places. */
function alone(name: string, list: readonly Json[], type: ResourceType = userResourceType) {
  const { operations, transforms } = readOperations(
    list,
    new RequestPaths(type),
    withTransforms(strict, { on: [name] }),
  );
  return { operations: operations.map(({ index: _, ...rest }) => rest), seen: transforms.length > 0 };
}

const manager = `${URN.enterpriseUser}:manager`;

function expectRead(name: string, operation: Json, expected: Json[]): void {
  expect(alone(name, [operation])).toEqual({ operations: expected, seen: true });
}

describe("each transform of values reads its mark in an operation", () => {
  it.each<[string, Json, Json[]]>([
    ["capitalised-op", { op: "Add", path: "title", value: "t" }, [{ op: "add", path: "title", value: "t" }]],
    [
      "capitalised-op",
      { op: "Replace", path: 'emails[type eq "work"].value', value: "x" },
      [{ op: "replace", path: 'emails[type eq "work"].value', value: "x", createTarget: true }],
    ],
    [
      "quoted-booleans",
      { op: "replace", path: "active", value: "False" },
      [{ op: "replace", path: "active", value: false }],
    ],
    [
      "quoted-booleans",
      { op: "add", value: { active: "true", roles: [{ value: "True", primary: "True" }] } },
      [{ op: "add", value: { active: true, roles: [{ value: "True", primary: true }] } }],
    ],
    [
      "quoted-booleans",
      { op: "remove", path: 'roles[primary eq "True" and value eq "True"]' },
      [{ op: "remove", path: 'roles[primary eq true and value eq "True"]' }],
    ],
    [
      "qualified-keys",
      { op: "replace", value: { title: "t", "name.givenName": "G", [`${URN.enterpriseUser}:department`]: "D" } },
      [
        { op: "replace", value: { title: "t" } },
        { op: "replace", path: "name.givenName", value: "G" },
        { op: "replace", path: `${URN.enterpriseUser}:department`, value: "D" },
      ],
    ],
    [
      "manager-as-string",
      { op: "add", path: manager, value: "m" },
      [{ op: "add", path: manager, value: { value: "m" } }],
    ],
    ["manager-as-string", { op: "add", path: manager, value: "" }, [{ op: "replace", path: manager, value: null }]],
    [
      "manager-as-string",
      { op: "replace", value: { [URN.enterpriseUser]: { manager: "m" } } },
      [{ op: "replace", value: { [URN.enterpriseUser]: { manager: { value: "m" } } } }],
    ],
    ["wrapped-scalars", { op: "replace", path: "title", value: ["t"] }, [{ op: "replace", path: "title", value: "t" }]],
    [
      "wrapped-scalars",
      { op: "replace", path: "title", value: [{ value: "t" }] },
      [{ op: "replace", path: "title", value: "t" }],
    ],
    [
      "wrapped-scalars",
      { op: "add", path: manager, value: [{ value: "m" }] },
      [{ op: "add", path: manager, value: { value: "m" } }],
    ],
  ])("%s: %j", expectRead);
});

describe("each transform of elements, names and URNs reads its mark in an operation", () => {
  it.each<[string, Json, Json[]]>([
    [
      "json-text-roles",
      {
        op: "add",
        path: "roles",
        value: [{ value: '{"id":"1","value":"Admin","displayName":"The Admin"}' }, { value: "x" }],
      },
      [{ op: "add", path: "roles", value: [{ value: "Admin", display: "The Admin" }, { value: "x" }] }],
    ],
    [
      "pathless-read-only",
      { op: "replace", value: { id: "1", title: "t" } },
      [{ op: "replace", value: { title: "t" } }],
    ],
    ["pathless-read-only", { op: "replace", value: { ID: "1", meta: {}, schemas: [] } }, []],
    [
      "drop-unknown-attributes",
      { op: "add", value: { size: 1, title: "t", name: { first: "F", givenName: "G" }, "name.first": "F" } },
      [{ op: "add", value: { title: "t", name: { givenName: "G" } } }],
    ],
    ["drop-unknown-attributes", { op: "replace", value: { size: 1 } }, []],
    [
      "drop-unknown-attributes",
      { op: "replace", path: "emails", value: [{ value: "x", size: 1 }] },
      [{ op: "replace", path: "emails", value: [{ value: "x" }] }],
    ],
    [
      "unqualified-attributes",
      { op: "replace", path: "manager.value", value: "m" },
      [{ op: "replace", path: `${manager}.value`, value: "m" }],
    ],
    [
      "unqualified-attributes",
      { op: "replace", value: { title: "t", department: "D" } },
      [
        { op: "replace", value: { title: "t" } },
        { op: "replace", path: `${URN.enterpriseUser}:department`, value: "D" },
      ],
    ],
    [
      "legacy-urns",
      { op: "replace", path: `${LEGACY_URN.enterprise1}.department`, value: "D" },
      [{ op: "replace", path: `${URN.enterpriseUser}:department`, value: "D" }],
    ],
    [
      "legacy-urns",
      { op: "add", path: `${URN.enterpriseUser}.manager`, value: {} },
      [{ op: "add", path: manager, value: {} }],
    ],
    [
      "legacy-urns",
      { op: "add", value: { [LEGACY_URN.enterprise2]: { department: "D" } } },
      [{ op: "add", value: { [URN.enterpriseUser]: { department: "D" } } }],
    ],
  ])("%s: %j", expectRead);

  it("does not see its mark where there is none", () => {
    const plain = [
      { op: "replace", path: "active", value: false },
      { op: "replace", path: "title", value: "True" },
      { op: "add", path: manager, value: { value: "m" } },
      { op: "add", path: "roles", value: [{ value: "{" }, { value: "[1]" }] },
      { op: "add", value: { title: "t", [URN.enterpriseUser]: { department: "D" } } },
      { op: "remove", path: 'emails[primary eq true and type eq "work"]' },
      { op: "add", path: "emails", value: [{ value: "x", type: "work" }] },
    ];
    for (const { name } of compatible.transforms) expect(alone(name, plain).seen, name).toBe(false);
  });

  it("leaves an element of which nothing is known to be refused, so that replace does not empty the list", () => {
    const operation = { op: "replace", path: "emails", value: [{ size: 1 }] };
    expect(alone("drop-unknown-attributes", [operation])).toEqual({ operations: [operation], seen: false });
  });
});

describe("remove-with-value [req 151]", () => {
  const onGroup = (operation: Json) => alone("remove-with-value", [{ op: "remove", ...operation }], groupResourceType);

  it.each<[unknown, string[]]>([
    [
      [{ value: "a", $ref: null }, { value: "b" }],
      ["a", "b"],
    ],
    [{ value: "a" }, ["a"]],
    ["a", ["a"]],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [{ members: [{ value: "a" }] }, ["a"]],
    [[], []],
  ])("reads %j behind a path", (value, ids) => {
    expect(onGroup({ path: "members", value }).operations).toEqual([
      { op: "remove", path: "members", removeValues: ids },
    ]);
  });

  it("reads members in a value without path", () => {
    expect(onGroup({ value: { members: [{ value: "a" }] } }).operations).toEqual([
      { op: "remove", path: "members", removeValues: ["a"] },
    ]);
  });

  it.each([null, {}, [{}], [{ value: "" }], [null], [1], { members: null }, true])(
    "leaves %j to be refused",
    (value) => {
      expect(onGroup({ path: "members", value })).toMatchObject({ operations: [{ value }], seen: false });
    },
  );

  it("turns labels into filters, and forgets the value where one value at most stands", () => {
    const [operation] = alone("remove-with-value", [
      { op: "remove", path: "emails", value: { type: "home" } },
    ]).operations;
    expect(operation).toEqual({ op: "remove", path: 'emails[type eq "home"]' });
    expect(alone("remove-with-value", [{ op: "Remove", path: "title", value: "t" }]).operations).toEqual([
      { op: "remove", path: "title" },
    ]);
    expect(alone("remove-with-value", [{ op: "remove", path: "name", value: { givenName: "x" } }]).seen).toBe(false);
  });
});

/** What one transform alone makes of the body of a POST or PUT. */
const read = (name: string, body: Json, type: ResourceType = userResourceType) => {
  const { dropped: _, ...transformed } = transformResource(withTransforms(strict, { on: [name] }), body, type);
  return transformed;
};
const core = { schemas: [URN.user], userName: "u" };

describe("each transform reads its mark in the body of a POST or PUT", () => {
  it.each<[string, Json, Json]>([
    ["quoted-booleans", { ...core, active: "True" }, { ...core, active: true }],
    ["single-objects", { ...core, emails: { value: "x" } }, { ...core, emails: [{ value: "x" }] }],
    ["missing-resource-schemas", { userName: "u" }, core],
    [
      "missing-resource-schemas",
      { userName: "u", [URN.enterpriseUser]: {} },
      { userName: "u", [URN.enterpriseUser]: {}, schemas: [URN.user, URN.enterpriseUser] },
    ],
    ["drop-unknown-attributes", { ...core, size: 1, "urn:example:x": {} }, core],
    ["drop-unknown-attributes", { ...core, schemas: [URN.user, "urn:example:x"] }, core],
    ["wrapped-scalars", { ...core, title: ["t"] }, { ...core, title: "t" }],
    [
      "manager-as-string",
      { ...core, [URN.enterpriseUser]: { manager: "m" } },
      { ...core, [URN.enterpriseUser]: { manager: { value: "m" } } },
    ],
    ["json-text-roles", { ...core, roles: ['{"value":"Admin"}'] }, { ...core, roles: [{ value: "Admin" }] }],
    [
      "legacy-urns",
      { schemas: [LEGACY_URN.core1, LEGACY_URN.enterprise1], [LEGACY_URN.enterprise1]: { department: "D" } },
      { schemas: [URN.user, URN.enterpriseUser], [URN.enterpriseUser]: { department: "D" } },
    ],
  ])("%s: %j", (name, body, expected) => {
    expect(read(name, body)).toEqual({ body: expected, transforms: [name] });
  });

  it("entra-group-urn: leaves Entra ID's own URN out", () => {
    const body = {
      schemas: [URN.group, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
      displayName: "g",
    };
    expect(read("entra-group-urn", body, groupResourceType).body).toEqual({ schemas: [URN.group], displayName: "g" });
  });

  it("leaves a body of the RFC alone", () => {
    const body = { ...core, active: true, emails: [{ value: "x" }], [URN.enterpriseUser]: { manager: { value: "m" } } };
    expect(transformResource(compatible, body, userResourceType)).toEqual({ body, transforms: [], dropped: [] });
  });

  it("rejects a value that is not an object", () => {
    expect(() => transformResource(compatible, [], userResourceType)).toThrow(
      expect.objectContaining({ scimType: "invalidSyntax" }),
    );
  });
});

describe("keys of a body that lead to another place", () => {
  it("qualified-keys: puts the values of keys together with the rest, and refuses what contradicts it", () => {
    const body = {
      ...core,
      NAME: { familyName: "F" },
      "name.givenName": "G",
      'emails[type eq "work"].value': "w",
      'emails[type eq "work"].primary': true,
      'emails[type eq "home"]': { value: "h" },
      [URN.enterpriseUser.toLowerCase()]: { department: "D" },
      [`${URN.enterpriseUser}:manager.value`]: "m",
      "name.nothing": 1,
    };
    expect(read("qualified-keys", body).body).toEqual({
      ...core,
      NAME: { familyName: "F", givenName: "G" },
      emails: [
        { type: "work", value: "w", primary: true },
        { type: "home", value: "h" },
      ],
      [URN.enterpriseUser.toLowerCase()]: { department: "D", manager: { value: "m" } },
      "name.nothing": 1,
    });
    for (const contradiction of [
      { name: { givenName: "A" }, "name.givenName": "B" },
      { emails: [], 'emails[type eq "work"].value': "w" },
      { "emails.value": "w" },
      { 'emails[type ne "work"].value': "w" },
      { 'emails[type eq "work"]': "w" },
      { name: "A", "name.givenName": "B" },
      { [URN.enterpriseUser]: 1, [`${URN.enterpriseUser}:department`]: "D" },
    ]) {
      expect(() => read("qualified-keys", { ...core, ...contradiction })).toThrow(
        expect.objectContaining({ scimType: "invalidSyntax" }),
      );
    }
  });

  it("unqualified-attributes: puts them together with the data of their extension, and refuses what contradicts it", () => {
    const body = { ...core, department: "D", "manager.value": "m", [URN.enterpriseUser]: { costCenter: "C" } };
    expect(read("unqualified-attributes", body).body).toEqual({
      ...core,
      [URN.enterpriseUser]: { costCenter: "C", department: "D", manager: { value: "m" } },
    });
    for (const contradiction of [
      { department: "D", [URN.enterpriseUser]: { Department: "E" } },
      { department: "D", DEPARTMENT: "E" },
    ]) {
      expect(() => read("unqualified-attributes", { ...core, ...contradiction })).toThrow(
        expect.objectContaining({ scimType: "invalidSyntax" }),
      );
    }
  });

  it.each([
    ["department", "the name of an attribute of an extension"],
    ["name.givenname", "a path"],
  ])("a thousand spellings of %s, %s, are refused at the second one", (name) => {
    // Each further one would be looked up among all of them.
    const spellings = Array.from({ length: 1000 }, (_, count) =>
      [...name].map((letter, bit) => ((count >> bit) % 2 === 1 ? letter.toUpperCase() : letter)).join(""),
    );
    const body = { ...core, ...Object.fromEntries(spellings.map((key) => [key, "x"])) };
    expect(() => transformResource(compatible, body, userResourceType)).toThrow("is given twice");
  });
});
