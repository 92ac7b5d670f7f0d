import { describe, expect, it } from "vitest";
import { URN } from "../../src/protocol/urns.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import {
  needsAttribute,
  type ProjectionParameters,
  parseProjection,
  project,
} from "../../src/schema/resources/project.ts";
import { BADGE_EXTENSION, badgeType } from "./badge-type.ts";

const user = {
  schemas: [URN.user, URN.enterpriseUser],
  id: "1",
  externalId: "e",
  userName: "bjensen",
  password: "t1meMa$heen",
  name: { givenName: "Barbara", familyName: "Jensen" },
  emails: [
    { value: "b@example.com", type: "work", primary: true },
    { value: "c@example.com", type: "home" },
  ],
  [URN.enterpriseUser]: { department: "Tours", manager: { value: "2", displayName: "Smith" } },
  meta: { resourceType: "User", location: "https://example.com/v2/Users/1" },
};

const badge = {
  schemas: [badgeType.schema.id, BADGE_EXTENSION],
  id: "1",
  number: "7",
  label: "L",
  history: "h",
  pin: "0000",
  holder: { value: "v", note: "n", token: "t" },
  keys: [{ value: "k", secret: "s" }, { secret: "s" }],
  [BADGE_EXTENSION]: { color: "red", serial: "S", code: "c" },
};

function show(resource: object, parameters: ProjectionParameters, type: ResourceType = userResourceType): object {
  return project(resource as Record<string, unknown>, type, parseProjection(parameters, type));
}

describe("project", () => {
  it("shows by default all but what is never shown or only on request [req 57] [req 66] [req 67]", () => {
    const { password, ...expected } = user;
    expect(show(user, {})).toEqual(expected);
    expect(show(badge, {}, badgeType)).toEqual({
      schemas: [badgeType.schema.id, BADGE_EXTENSION],
      id: "1",
      number: "7",
      label: "L",
      holder: { value: "v", note: "n" },
      keys: [{ value: "k" }],
      [BADGE_EXTENSION]: { color: "red", serial: "S" },
    });
  });

  it.each([
    ["userName", { userName: "bjensen" }],
    [" USERNAME ,name.GivenName,", { userName: "bjensen", name: { givenName: "Barbara" } }],
    [`${URN.user}:userName`, { userName: "bjensen" }],
    ["name", { name: user.name }],
    ["name,name.givenName", { name: user.name }],
    ["emails", { emails: user.emails }],
    ["emails.type", { emails: [{ type: "work" }, { type: "home" }] }],
    ["emails.primary", { emails: [{ primary: true }] }],
    ["meta.location", { meta: { location: user.meta.location } }],
    ["password", {}],
    ["nope,alsoNope", {}],
    ['emails[type eq "work"]', {}],
    ["__proto__", {}],
  ])("shows for attributes=%s that and the minimum [req 46] [req 88] [req 89] [req 90]", (attributes, expected) => {
    expect(show(user, { attributes })).toEqual({ schemas: [URN.user], id: "1", ...expected });
  });

  it.each([
    [URN.enterpriseUser, user[URN.enterpriseUser]],
    [URN.enterpriseUser.toUpperCase(), user[URN.enterpriseUser]],
    [`${URN.enterpriseUser}:department`, { department: "Tours" }],
    [`${URN.enterpriseUser}:manager`, { manager: { value: "2", displayName: "Smith" } }],
    [`${URN.enterpriseUser}:Manager.DisplayName`, { manager: { displayName: "Smith" } }],
  ])("shows for attributes=%s the extension's part, and its URN [req 44] [req 89]", (attributes, expected) => {
    expect(show(user, { attributes })).toEqual({
      schemas: [URN.user, URN.enterpriseUser],
      id: "1",
      [URN.enterpriseUser]: expected,
    });
  });

  it("shows for the URN of the type's own schema all its attributes, and no common ones [req 89]", () => {
    const { userName, name, emails } = user;
    expect(show(user, { attributes: URN.user })).toEqual({ schemas: [URN.user], id: "1", userName, name, emails });
  });

  it("leaves out excludedAttributes, but never what is always shown [req 67] [req 88]", () => {
    const excludedAttributes = `id,SCHEMAS,emails.value, name ,meta,externalId,${URN.enterpriseUser}`;
    expect(show(user, { excludedAttributes })).toEqual({
      schemas: [URN.user],
      id: "1",
      userName: "bjensen",
      emails: [{ type: "work", primary: true }, { type: "home" }],
    });
    expect(show(badge, { excludedAttributes: `label,number,keys,holder.note,${BADGE_EXTENSION}` }, badgeType)).toEqual({
      schemas: [badgeType.schema.id, BADGE_EXTENSION],
      id: "1",
      label: "L",
      holder: { value: "v" },
      [BADGE_EXTENSION]: { serial: "S" },
    });
  });

  it("names an extension in schemas only while something of it is shown [req 44]", () => {
    const excludedAttributes = `${URN.enterpriseUser}:department,${URN.enterpriseUser}:manager`;
    expect(show(user, { excludedAttributes })).toHaveProperty("schemas", [URN.user]);
  });

  it("shows on request what is shown on request only, and with a sub-attribute its always-shown ones [req 67] [req 90]", () => {
    expect(show(badge, { attributes: "history,holder.note" }, badgeType)).toEqual({
      schemas: [badgeType.schema.id, BADGE_EXTENSION],
      id: "1",
      label: "L",
      history: "h",
      holder: { value: "v", note: "n" },
      [BADGE_EXTENSION]: { serial: "S" },
    });
  });

  it("lets attributes win where both are given [req 91]", () => {
    const both = { attributes: "userName", excludedAttributes: "userName" };
    expect(show(user, both)).toEqual({ schemas: [URN.user], id: "1", userName: "bjensen" });
  });

  it("takes an empty parameter for none, and a list for the text with commas [req 96]", () => {
    expect(show(user, { attributes: " , ", excludedAttributes: "" })).toEqual(show(user, {}));
    expect(show(user, { attributes: ["userName", "name"] })).toEqual(show(user, { attributes: "userName,name" }));
  });

  it("shows nothing that no schema knows", () => {
    expect(show({ ...user, nope: 1 }, {})).not.toHaveProperty("nope");
  });
});

describe("needsAttribute", () => {
  it.each([
    [{}, true],
    [{ excludedAttributes: "members" }, false],
    [{ excludedAttributes: `${URN.group}:MEMBERS` }, false],
    [{ excludedAttributes: "members.value" }, true],
    [{ excludedAttributes: "displayName" }, true],
    [{ attributes: "displayName" }, false],
    [{ attributes: "members" }, true],
    [{ attributes: "Members.value" }, true],
    [{ attributes: URN.group }, true],
    [{ attributes: "nope" }, false],
  ])("says for %j whether members must be loaded: %s [req 93]", (parameters, needed) => {
    expect(needsAttribute(parseProjection(parameters, groupResourceType), "members")).toBe(needed);
  });

  it("says no for what the type does not have", () => {
    expect(needsAttribute(parseProjection({}, groupResourceType), "groups")).toBe(false);
  });
});
