import { describe, expect, it } from "vitest";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { readResource } from "../../src/schema/resources/read-resource.ts";
import { takeSecrets } from "../../src/schema/resources/secrets.ts";
import { BADGE_EXTENSION, badgeType } from "./badge-type.ts";

describe("takeSecrets", () => {
  it("takes the password out of a user and leaves the rest as it is [req 57]", () => {
    const user = { userName: "b", password: "t1meMa$heen", emails: [{ value: "x" }] };
    expect(takeSecrets(user, userResourceType)).toEqual({
      resource: { userName: "b", emails: [{ value: "x" }] },
      secrets: { password: "t1meMa$heen" },
    });
    expect(user).toHaveProperty("password");
  });

  it("finds the same secrets as reading does [req 66]", () => {
    const badge = {
      schemas: [badgeType.schema.id, BADGE_EXTENSION],
      number: "7",
      pin: "1",
      holder: { value: "x", token: "2" },
      keys: [{ value: "k", secret: "3" }],
      [BADGE_EXTENSION]: { color: "red", code: "4" },
    };
    const { resource, secrets } = readResource(badge, badgeType);
    expect(takeSecrets(badge, badgeType)).toEqual({ resource, secrets });
  });

  it("leaves no empty objects behind", () => {
    const badge = { number: "7", holder: { token: "2" }, keys: [{ secret: "3" }], [BADGE_EXTENSION]: { code: "4" } };
    expect(takeSecrets(badge, badgeType).resource).toEqual({ number: "7" });
  });
});
