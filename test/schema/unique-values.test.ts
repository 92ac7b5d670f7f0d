import { describe, expect, it } from "vitest";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { uniqueValues } from "../../src/schema/resources/unique-values.ts";
import { BADGE_EXTENSION, badgeType } from "./badge-type.ts";

describe("uniqueValues", () => {
  it("folds what is not case exact [req 56]", () => {
    const expected = [{ attribute: "userName", key: "émile" }];
    expect(uniqueValues(userResourceType, { id: "1", userName: "ÉMILE", externalId: "x" })).toEqual(expected);
    expect(uniqueValues(userResourceType, { userName: "e\u0301mile" })).toEqual(expected);
  });

  it("takes lists, sub-attributes and extensions, each value once [req 63]", () => {
    const badge = {
      number: "A7",
      aliases: ["One", "one"],
      keys: [{ value: "K" }, { value: "k" }, { doors: ["1"] }],
      [BADGE_EXTENSION]: { color: "red", serial: "S" },
    };
    expect(uniqueValues(badgeType, badge)).toEqual([
      { attribute: "number", key: "a7" },
      { attribute: "aliases", key: "One" },
      { attribute: "aliases", key: "one" },
      { attribute: "keys.value", key: "k" },
      { attribute: `${BADGE_EXTENSION}:serial`, key: "s" },
    ]);
  });

  it("finds nothing where there is nothing", () => {
    expect(uniqueValues(badgeType, {})).toEqual([]);
    expect(uniqueValues(badgeType, { number: null, keys: [], [BADGE_EXTENSION]: null })).toEqual([]);
  });
});
