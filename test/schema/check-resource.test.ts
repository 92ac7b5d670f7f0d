import { describe, expect, it } from "vitest";
import { URN } from "../../src/protocol/urns.ts";
import { checkResource } from "../../src/schema/check-resource.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { BADGE_EXTENSION, badgeType } from "./badge-type.ts";

describe("checkResource", () => {
  const user = { schemas: [URN.user], id: "1", userName: "b", groups: "whatever", emails: [{ value: "a" }] };

  it("accepts a canonical resource with what the service provider sets", () => {
    expect(() => checkResource(user, userResourceType)).not.toThrow();
    expect(() => checkResource({ number: "1", [BADGE_EXTENSION]: { color: "x" } }, badgeType)).not.toThrow();
  });

  it.each([
    [{ userName: undefined }, "userName is required"],
    [{ userName: "" }, "userName is required and must not be empty"],
    [{ active: "False" }, "active must be true or false"],
    [{ emails: [{ primary: true }, { value: "a", primary: true }] }, "more than one element with primary true"],
    [{ name: { nope: 1 } }, "name.nope is not known"],
    [{ [URN.enterpriseUser]: { manager: "x" } }, `${URN.enterpriseUser}:manager must be an object`],
    [{ [URN.enterpriseUser]: [] }, `${URN.enterpriseUser} must be an object`],
  ])("refuses %j after a PATCH [req 48] [req 49] [req 53]", (change, message) => {
    expect(() => checkResource({ ...user, ...change }, userResourceType)).toThrow(message);
  });

  it("does not ask for a secret, which a stored resource never has", () => {
    expect(() => checkResource({ number: "1" }, badgeType)).not.toThrow();
    expect(() => checkResource({ number: "1", [BADGE_EXTENSION]: { serial: "x" } }, badgeType)).toThrow(
      "color is required",
    );
  });
});
