import { describe, expect, it } from "vitest";
import { InvalidSyntaxError, InvalidValueError } from "../../src/errors/request-errors.ts";
import { URN } from "../../src/protocol/urns.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { type ReadResourceOptions, readResource, validateResource } from "../../src/schema/resources/read-resource.ts";
import minimalUser from "../conformance/rfc/rfc7643-8.1-minimal-user.json" with { type: "json" };
import fullUser from "../conformance/rfc/rfc7643-8.2-full-user.json" with { type: "json" };
import enterpriseUser from "../conformance/rfc/rfc7643-8.3-enterprise-user.json" with { type: "json" };
import group from "../conformance/rfc/rfc7643-8.4-group.json" with { type: "json" };
import { BADGE_EXTENSION, badgeType } from "./badge-type.ts";

function readUser(members: object, options?: ReadResourceOptions): Record<string, unknown> {
  return validateResource({ schemas: [URN.user], userName: "bjensen", ...members }, userResourceType, options);
}

function readBadge(members: object): Record<string, unknown> {
  return validateResource({ schemas: [badgeType.schema.id], number: "7", ...members }, badgeType);
}

function faultOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("readResource", () => {
  it("accepts the RFC's minimal user and keeps what a client sets [req 37] [req 38]", () => {
    expect(readResource(minimalUser, userResourceType)).toEqual({
      resource: { schemas: [URN.user], userName: "bjensen@example.com" },
      secrets: {},
      named: new Set(["id", "userName", "meta"]),
    });
  });

  it.each([
    ["8.2", fullUser],
    ["8.3", enterpriseUser],
  ])("accepts the RFC's user of section %s, with the password kept apart [req 57] [req 59]", (_, figure) => {
    const { id, meta, groups, password, ...expected } = structuredClone(figure) as Record<string, unknown>;
    const extension = expected[URN.enterpriseUser] as { manager: { displayName?: string } } | undefined;
    if (extension !== undefined) delete extension.manager.displayName;
    const { resource, secrets } = readResource(figure, userResourceType);
    expect(resource).toEqual(expected);
    expect(secrets).toEqual({ password });
  });

  it("accepts the RFC's group", () => {
    const { id, meta, ...expected } = group;
    expect(validateResource(group, groupResourceType)).toEqual(expected);
  });

  it("reads names and URNs in any case and writes them canonically [req 46]", () => {
    const input = {
      SCHEMAS: [URN.user.toUpperCase()],
      USERNAME: "bjensen",
      Name: { FamilyName: "Jensen" },
      EMAILS: [{ VALUE: "b@example.com", Primary: true }],
      [URN.enterpriseUser.toLowerCase()]: { Department: "Tours", MANAGER: { $REF: "../Users/1" } },
    };
    expect(validateResource(input, userResourceType)).toEqual({
      schemas: [URN.user, URN.enterpriseUser],
      userName: "bjensen",
      name: { familyName: "Jensen" },
      emails: [{ value: "b@example.com", primary: true }],
      [URN.enterpriseUser]: { department: "Tours", manager: { $ref: "../Users/1" } },
    });
  });

  it.each([
    ["userName", { USERNAME: "b" }],
    ["name.givenName", { name: { givenName: "a", GIVENNAME: "b" } }],
    [URN.enterpriseUser, { [URN.enterpriseUser]: {}, [URN.enterpriseUser.toLowerCase()]: {} }],
    ["schemas", { Schemas: [URN.user] }],
  ])("refuses %s given twice in different case [req 4]", (path, members) => {
    expect(() => readUser(members)).toThrow(new InvalidSyntaxError(`${path} is given twice`));
  });

  it("ignores what only the service provider sets, whatever it holds [req 37] [req 38] [req 59] [req 64]", () => {
    const members = {
      id: 7,
      meta: "x",
      groups: [{ value: "g" }],
      [URN.enterpriseUser]: { manager: { value: "1", displayName: 5 } },
    };
    expect(readUser(members)).toEqual({
      schemas: [URN.user, URN.enterpriseUser],
      userName: "bjensen",
      [URN.enterpriseUser]: { manager: { value: "1" } },
    });
  });

  it("takes null, empty lists and empty objects for no value [req 47]", () => {
    const members = {
      nickName: null,
      emails: [],
      name: {},
      phoneNumbers: [null, {}, { value: null }],
      addresses: [{ locality: "x", region: null }],
      [URN.enterpriseUser]: { manager: { value: null }, department: null },
    };
    expect(readUser(members)).toEqual({ schemas: [URN.user], userName: "bjensen", addresses: [{ locality: "x" }] });
  });

  it("tells what a body named, even to have no value [req 132]", () => {
    const body = {
      schemas: [URN.user],
      userName: "b",
      ACTIVE: null,
      roles: [],
      [URN.enterpriseUser]: { Division: null },
    };
    const { named } = readResource(body, userResourceType);
    expect([...named].sort()).toEqual(
      ["active", "roles", "userName", URN.enterpriseUser, `${URN.enterpriseUser}:division`].sort(),
    );
  });
});

describe("readResource, checking values", () => {
  it.each([[undefined], [null], [""], ["  "], [[]]])("refuses %j for a required attribute [req 48]", (userName) => {
    const fault = faultOf(() => readUser({ userName }));
    expect(fault).toBeInstanceOf(InvalidValueError);
    expect(fault).toMatchObject({ status: 400, scimType: "invalidValue", attribute: "userName" });
  });

  it("requires a required sub-attribute where its attribute has a value, and only there [req 48]", () => {
    expect(() => readBadge({ holder: { note: "x" } })).toThrow("holder.value is required");
    expect(readBadge({ holder: {} })).not.toHaveProperty("holder");
    expect(() => readBadge({ [BADGE_EXTENSION]: { serial: "1" } })).toThrow(`${BADGE_EXTENSION}:color is required`);
    expect(readBadge({ [BADGE_EXTENSION]: { color: null } })).not.toHaveProperty(BADGE_EXTENSION);
  });

  it.each([
    ["active", { active: "true" }, "active must be true or false"],
    ["userName", { userName: 5 }, "userName must be a string"],
    ["name", { name: "Barbara" }, "name must be an object"],
    ["name", { name: [] }, "name must be an object"],
    ["emails", { emails: { value: "x" } }, "emails must be a list"],
    ["emails[1]", { emails: [{ value: "x" }, "y"] }, "emails[1] must be an object"],
    ["emails[0].primary", { emails: [{ primary: 1 }] }, "emails[0].primary must be true or false"],
    ["name.givenName", { name: { givenName: { x: 1 } } }, "name.givenName must be a string"],
    ["x509Certificates[0].value", { x509Certificates: [{ value: "§" }] }, "x509Certificates[0].value must be base64"],
    [URN.enterpriseUser, { [URN.enterpriseUser]: "x" }, `${URN.enterpriseUser} must be an object`],
  ])("refuses a value of the wrong type, naming %s and what was expected [req 49]", (attribute, members, detail) => {
    const fault = faultOf(() => readUser(members));
    expect(fault).toBeInstanceOf(InvalidValueError);
    expect(fault).toMatchObject({ detail, attribute });
  });

  it("never says the value in an error [req 18] [req 66]", () => {
    const secret = "hunter2";
    const faults = [{ password: [secret] }, { active: secret }, { name: secret }, { emails: [secret] }].map((members) =>
      faultOf(() => readUser(members)),
    );
    expect(faults.every((fault) => fault instanceof InvalidValueError && !fault.detail.includes(secret))).toBe(true);
  });

  it.each([
    [{ level: 3 }, true],
    [{ level: -3 }, true],
    [{ level: 3.5 }, false],
    [{ level: "3" }, false],
    [{ weight: 3.5 }, true],
    [{ weight: "3.5" }, false],
    [{ issued: "2011-05-13T04:42:34Z" }, true],
    [{ issued: "2011-05-13T04:42:34.123+02:00" }, true],
    [{ issued: "2011-05-13T04:42:34" }, true],
    [{ issued: "2012-02-29T24:00:00Z" }, true],
    [{ issued: "2011-02-29T00:00:00Z" }, false],
    [{ issued: "2011-13-01T00:00:00Z" }, false],
    [{ issued: "2011-05-13T25:00:00Z" }, false],
    [{ issued: "2011-05-13T24:00:01Z" }, false],
    [{ issued: "2011-05-13T04:42:34+15:00" }, false],
    [{ issued: "2011-05-13" }, false],
    [{ issued: "2011-05-13T04:42:34+0000" }, false],
    [{ issued: 1305261754 }, false],
    [{ photo: "aGVsbG8=" }, true],
    [{ photo: "aGVsbG8" }, true],
    [{ photo: "aGVs-_8=" }, true],
    [{ photo: "" }, true],
    [{ photo: "aGVsb" }, false],
    [{ photo: "aGVs=" }, false],
    [{ photo: "aGV sbG8=" }, false],
    [{ aliases: ["a", "b"] }, true],
    [{ aliases: "a" }, false],
    [{ aliases: ["a", 1] }, false],
    [{ keys: [{ doors: ["1", "2"] }] }, true],
    [{ keys: [{ doors: "1" }] }, false],
  ])("reads %j: %s [req 49] [req 51]", (members, valid) => {
    if (valid) expect(readBadge(members)).toMatchObject(members);
    else expect(() => readBadge(members)).toThrow(InvalidValueError);
  });

  it("accepts any text as a reference, since Entra's validator sends some [req 52]", () => {
    expect(readUser({ profileUrl: "QTZODTJXGFLR" })).toHaveProperty("profileUrl", "QTZODTJXGFLR");
  });
});

describe("readResource, reading lists and secrets", () => {
  it("refuses two primary elements, but not one given twice [req 53]", () => {
    const one = { value: "a", primary: true };
    expect(() => readUser({ emails: [one, { value: "b", primary: true }] })).toThrow(
      "emails has more than one element",
    );
    expect(readUser({ emails: [one, { primary: true, value: "a" }, { value: "b" }] })).toHaveProperty("emails", [
      one,
      { value: "b" },
    ]);
  });

  it("keeps equal elements once and in order [req 54]", () => {
    expect(readBadge({ aliases: ["b", "a", "b"], keys: [{ doors: ["1", "2"] }, { doors: ["2", "1"] }] })).toMatchObject(
      {
        aliases: ["b", "a"],
        keys: [{ doors: ["1", "2"] }],
      },
    );
  });

  it("takes suggested values for suggestions, and resource type names for names [req 55]", () => {
    expect(readUser({ emails: [{ type: "Work" }, { type: "boat" }] })).toHaveProperty("emails", [
      { type: "Work" },
      { type: "boat" },
    ]);
    const body = {
      schemas: [URN.group],
      displayName: "g",
      members: [
        { value: "1", type: "user" },
        { value: "2", type: "x" },
      ],
    };
    expect(validateResource(body, groupResourceType)).toHaveProperty("members", [
      { value: "1", type: "User" },
      { value: "2", type: "x" },
    ]);
  });

  it("puts secrets aside by path, wherever they stand [req 66]", () => {
    const body = {
      schemas: [badgeType.schema.id],
      number: "7",
      pin: "1",
      holder: { value: "x", token: "2" },
      keys: [{ value: "k", secret: "3" }],
      [BADGE_EXTENSION]: { color: "red", code: "4" },
    };
    const { resource, secrets } = readResource(body, badgeType);
    expect(secrets).toEqual({ pin: "1", "holder.token": "2", "keys[0].secret": "3", [`${BADGE_EXTENSION}:code`]: "4" });
    expect(JSON.stringify(resource)).not.toMatch(/pin|token|secret|code/);
  });
});

describe("schemas", () => {
  it("is computed: the type's own and that of each extension with data [req 43] [req 44]", () => {
    const declared = { schemas: [URN.enterpriseUser, URN.user, URN.user] };
    expect(readUser(declared).schemas).toEqual([URN.user]);
    expect(readUser({ [URN.enterpriseUser]: { department: "x" } }).schemas).toEqual([URN.user, URN.enterpriseUser]);
  });

  it.each([
    ["is missing", undefined],
    ["is null", null],
    ["is a text", URN.user],
    ["holds a number", [URN.user, 5]],
    ["is empty", []],
    ["lacks the type's own", [URN.enterpriseUser]],
    ["names one of another type", [URN.user, URN.group]],
  ])("is refused when it %s [req 73]", (_, schemas) => {
    expect(() => readUser({ schemas })).toThrow(InvalidSyntaxError);
  });

  it("is inferred where that is allowed [req 73]", () => {
    expect(readUser({ schemas: undefined }, { requireSchemas: false }).schemas).toEqual([URN.user]);
    expect(readUser({ schemas: [] }, { requireSchemas: false }).schemas).toEqual([URN.user]);
  });
});

describe("unknown attributes", () => {
  const unknown = { schemas: [URN.user, "urn:x:y"], nope: 1, name: { nope: { deep: [] } }, "urn:x:y": {} };

  it("are refused by name, shortened where it is long [req 62]", () => {
    expect(() => readUser({ nope: 1 })).toThrow(new InvalidSyntaxError("nope is not known to this resource type"));
    expect(() => readUser({ emails: [{ nope: 1 }] })).toThrow("emails[0].nope is not known");
    expect(() => readUser({ [URN.user]: {} })).toThrow(InvalidSyntaxError);
    const fault = faultOf(() => readUser({ ["x".repeat(10_000)]: 1 }));
    expect((fault as Error).message.length).toBeLessThan(200);
  });

  it("are dropped and reported on request [req 62] [req 74]", () => {
    const told: string[] = [];
    const resource = readUser(unknown, { unknown: "drop", onUnknown: (path) => told.push(path) });
    expect(resource).toEqual({ schemas: [URN.user], userName: "bjensen" });
    expect(told.sort()).toEqual(["name.nope", "nope", "urn:x:y", "urn:x:y"]);
  });

  it("reach no prototype [req 186]", () => {
    const body = JSON.parse(
      '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"b","__proto__":{"active":true},"constructor":{"prototype":{"x":1}},"name":{"__proto__":{"givenName":"x"}}}',
    );
    const resource = validateResource(body, userResourceType, { unknown: "drop" });
    expect(resource).toEqual({ schemas: [URN.user], userName: "b" });
    expect(Object.getPrototypeOf(resource)).toBe(Object.prototype);
    expect(resource.active).toBeUndefined();
    expect(() => validateResource(body, userResourceType)).toThrow(InvalidSyntaxError);
  });
});

describe("bodies of odd shape", () => {
  it.each([[null], [undefined], [[]], ["x"], [5]])("%j is refused [req 4]", (body) => {
    expect(() => readResource(body, userResourceType)).toThrow(InvalidSyntaxError);
  });

  it("a required extension must be there [req 48]", () => {
    const [badge] = badgeType.extensions;
    const strict = defineResourceType({
      name: "Person",
      endpoint: "/People",
      schema: userResourceType.schema,
      extensions: badge === undefined ? [] : [{ ...badge, required: true }],
    });
    const body = { schemas: [strict.schema.id], userName: "b" };
    expect(() => validateResource(body, strict)).toThrow(`${BADGE_EXTENSION} is required`);
    expect(validateResource({ ...body, [BADGE_EXTENSION]: { color: "red" } }, strict)).toHaveProperty(BADGE_EXTENSION);
  });

  it("100,000 members are read in linear time", () => {
    const members = Array.from({ length: 100_000 }, (_, index) => ({ value: String(index % 50_000) }));
    const body = { schemas: [URN.group], displayName: "g", members };
    const resource = validateResource(body, groupResourceType) as { members: unknown[] };
    expect(resource.members).toHaveLength(50_000);
  });
});
