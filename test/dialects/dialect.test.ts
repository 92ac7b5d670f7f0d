import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { type DialectName, dialectNamed, withTransforms } from "../../src/dialects/dialect.ts";
import { strict } from "../../src/dialects/strict.ts";
import { leniencies } from "../../src/patch/leniencies.ts";

describe("dialects", () => {
  it("are found by name", () => {
    expect(dialectNamed("strict")).toBe(strict);
    expect(dialectNamed("compatible")).toBe(compatible);
    expect(() => dialectNamed("toString" as DialectName)).toThrow(TypeError);
  });

  it("give each transform a name of its own, a reason and a link", () => {
    const names = compatible.transforms.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(15);
    for (const { name, why, link } of compatible.transforms) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(why).toMatch(/^\S.* .*\.$/);
      expect(new URL(link).protocol).toBe("https:");
    }
  });

  it("need the leniencies of their transforms", () => {
    expect(leniencies(strict)).toEqual({});
    expect(leniencies(compatible)).toEqual({
      valuePathComparison: true,
      bareValues: true,
      singleQuotes: true,
      capitalBooleans: true,
      notWithoutParentheses: true,
    });
  });

  it("have transforms switched on and off by name, in the order that matters", () => {
    const names = (dialect = compatible) => dialect.transforms.map(({ name }) => name);
    expect(names(withTransforms(compatible, { off: ["bare-values"] }))).toEqual(
      names().filter((name) => name !== "bare-values"),
    );
    expect(names(withTransforms(strict, { on: ["quoted-booleans", "capitalised-op"] }))).toEqual([
      "capitalised-op",
      "quoted-booleans",
    ]);
    expect(names(withTransforms(compatible, { on: names() }))).toEqual(names());
    expect(() => withTransforms(strict, { on: ["no-such"] })).toThrow("There is no transform called no-such");
    const own = { name: "mine", why: "Mine alone.", link: "https://example.com/" };
    expect(names(withTransforms({ name: "x", transforms: [own] }, { on: ["single-quotes"] }))).toEqual([
      "single-quotes",
      "mine",
    ]);
  });
});
