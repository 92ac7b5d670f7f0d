import { describe, expect, it } from "vitest";
import { foldString } from "../../src/values/fold.ts";

describe("foldString", () => {
  it.each([
    ["BJensen@Example.COM", "bjensen@example.com"],
    ["É", "e\u0301"],
    ["ｂｊｅｎｓｅｎ", "BJENSEN"],
    ["ﬁn", "FIN"],
    ["K", "k"],
    ["ΟΔΟΣ", "οδοσ"],
    ["ÅNGSTRÖM", "a\u030angstro\u0308m"],
  ])("makes %s and %s the same [req 56]", (one, other) => {
    expect(foldString(one)).toBe(foldString(other));
  });

  it.each([
    ["ß", "ss"],
    ["é", "e"],
    ["a b", "ab"],
  ])("keeps %s and %s apart [req 56]", (one, other) => {
    expect(foldString(one)).not.toBe(foldString(other));
  });

  it("changes nothing when applied twice, for every character of the basic plane", () => {
    const unstable: string[] = [];
    for (let code = 0; code < 0xffff; code += 1) {
      const once = foldString(String.fromCharCode(code));
      if (foldString(once) !== once) unstable.push(code.toString(16));
    }
    expect(unstable).toEqual([]);
  });

  it("folds the beginning of a text to the beginning of the folded text, final sigma or not", () => {
    expect(foldString("ΟΔΟΣΑ").startsWith(foldString("ΟΔΟΣ"))).toBe(true);
  });
});
