import { describe, expect, it } from "vitest";
import { MutabilityError } from "../../src/errors/request-errors.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { checkImmutable } from "../../src/schema/resources/check-immutable.ts";
import { badgeType } from "./badge-type.ts";

describe("checkImmutable", () => {
  const before = { number: "7", level: 1, holder: { value: "x", since: "2020" } };

  it.each([
    [{ number: "8", holder: before.holder }, "number"],
    [{ holder: before.holder }, "number"],
    [{ number: "7", holder: { value: "x", since: "2021" } }, "holder.since"],
    [{ number: "7" }, "holder.since"],
  ])("refuses %j, naming %s [req 65]", (after, attribute) => {
    let fault: unknown;
    try {
      checkImmutable(badgeType, before, after);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(MutabilityError);
    expect(fault).toMatchObject({ attribute, scimType: "mutability", status: 400 });
  });

  it("allows other changes and a first value [req 65]", () => {
    expect(() => checkImmutable(badgeType, before, { ...before, level: 2 })).not.toThrow();
    expect(() => checkImmutable(badgeType, { level: 1 }, before)).not.toThrow();
  });

  it("lets members come and go: an element has no identity but its values [req 60]", () => {
    const members = (value: string) => ({ displayName: "g", members: [{ value }] });
    expect(() => checkImmutable(groupResourceType, members("1"), members("2"))).not.toThrow();
  });
});
