import { describe, expect, it } from "vitest";
import { URN } from "../../src/protocol/urns.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { printResolvedPath, resolvePath } from "../../src/schema/attributes/resolve-path.ts";
import { splitPath } from "../../src/schema/attributes/split-path.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { BADGE_EXTENSION, badgeType } from "./badge-type.ts";

function canonical(text: string, type: ResourceType = userResourceType): string | undefined {
  const path = resolvePath(type, splitPath(text));
  return path && printResolvedPath(path);
}

describe("resolvePath", () => {
  it.each([
    ["USERNAME", "userName"],
    ["Name.GIVENname", "name.givenName"],
    ["id", "id"],
    ["meta.LastModified", "meta.lastModified"],
    ["schemas", "schemas"],
    ["emails.type", "emails.type"],
    ["groups.$REF", "groups.$ref"],
    [`${URN.user}:userName`, "userName"],
    [`${URN.user.toUpperCase()}:NAME.familyname`, "name.familyName"],
    [`${URN.user}:externalId`, "externalId"],
    [`${URN.enterpriseUser}:Manager.displayname`, `${URN.enterpriseUser}:manager.displayName`],
    [`${URN.enterpriseUser.toLowerCase()}:department`, `${URN.enterpriseUser}:department`],
    [URN.enterpriseUser, URN.enterpriseUser],
    [URN.enterpriseUser.toUpperCase(), URN.enterpriseUser],
  ])("finds %s as %s [req 46] [req 113]", (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    ["department"],
    ["userName.value"],
    ["name.nope"],
    ["nope"],
    [URN.user],
    [URN.group],
    [`${URN.group}:displayName`],
    [`${URN.enterpriseUser}:userName`],
    [`${URN.enterpriseUser}.department`],
    ["constructor"],
    ["__proto__"],
    ["name.__proto__"],
    [""],
    [":"],
    ["."],
  ])("finds nothing as %s", (text) => {
    expect(canonical(text)).toBeUndefined();
  });

  it("finds an extension whose URN ends in a version with a dot, alone and before an attribute", () => {
    expect(canonical(BADGE_EXTENSION, badgeType)).toBe(BADGE_EXTENSION);
    expect(canonical(`${BADGE_EXTENSION}:COLOR`, badgeType)).toBe(`${BADGE_EXTENSION}:color`);
  });

  it("carries the definitions, and no attribute for an extension as a whole", () => {
    const sub = resolvePath(groupResourceType, splitPath("members.value"));
    expect(sub).toMatchObject({
      extension: undefined,
      attribute: { name: "members" },
      sub: { mutability: "immutable" },
    });
    expect(resolvePath(userResourceType, splitPath(URN.enterpriseUser))).toEqual({
      extension: URN.enterpriseUser,
      attribute: undefined,
      sub: undefined,
    });
  });
});
