import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeMapped } from "../../src/mapping/evaluation/merge.ts";
import { remove, replace } from "../../src/mapping/expressions/markers.ts";
import { runs } from "../helpers/soak.ts";

type Data = Readonly<Record<string, unknown>>;

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

function objectsIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

describe("mergeMapped", () => {
  it("merges objects deeply, later scalars winning", () => {
    expect(
      mergeMapped({ name: { givenName: "A", familyName: "B" }, x: 1 }, { name: { givenName: "C" }, x: 2 }),
    ).toEqual({
      name: { givenName: "C", familyName: "B" },
      x: 2,
    });
  });

  it("appends lists without duplicates, keeping the order of first appearance", () => {
    expect(mergeMapped({ tags: ["a", "b"] }, { tags: ["b", "c", "c"] })).toEqual({ tags: ["a", "b", "c"] });
  });

  it("takes complex values with equal value and type for one and merges them in their place", () => {
    const merged = mergeMapped(
      {
        emails: [
          { value: "a@x", type: "work", primary: true },
          { value: "b@x", type: "home" },
        ],
      },
      {
        emails: [
          { value: "a@x", type: "work", display: "A", primary: false },
          { value: "a@x", type: "home" },
        ],
      },
    );
    expect(merged).toEqual({
      emails: [
        { value: "a@x", type: "work", primary: false, display: "A" },
        { value: "b@x", type: "home" },
        { value: "a@x", type: "home" },
      ],
    });
  });

  it("takes complex values without a value for one only if they are equal throughout, whatever the order of keys", () => {
    const merged = mergeMapped(
      { addresses: [{ type: "work", locality: "Oslo" }] },
      {
        addresses: [
          { locality: "Oslo", type: "work" },
          { type: "work", locality: "Bergen" },
        ],
      },
    );
    expect(merged).toEqual({
      addresses: [
        { type: "work", locality: "Oslo" },
        { type: "work", locality: "Bergen" },
      ],
    });
  });

  it("tells values of different kinds apart", () => {
    expect(mergeMapped({ l: [1, "1", true, "true", null] }, { l: ["null", [1], "[1]"] })).toEqual({
      l: [1, "1", true, "true", null, "null", [1], "[1]"],
    });
  });
});

describe("mergeMapped with markers and unusual values", () => {
  it("puts a replacement in the place of a list, and appends to it afterwards", () => {
    expect(mergeMapped({ l: ["a"] }, { l: replace(["b"]) }, { l: ["c"] })).toEqual({ l: ["b", "c"] });
    expect(mergeMapped({ l: replace(["b"]) })).toEqual({ l: ["b"] });
    expect(mergeMapped({ o: { l: replace([]) } })).toEqual({ o: { l: [] } });
  });

  it("takes away what is removed, at any depth, and lets a later mapping set it again", () => {
    expect(mergeMapped({ a: 1, o: { p: 1, q: 2 } }, { a: remove, o: { p: remove } })).toEqual({ o: { q: 2 } });
    expect(mergeMapped({ a: 1 }, { a: remove }, { a: 3 })).toEqual({ a: 3 });
    expect(mergeMapped({ b: 1 }, { o: { p: remove, q: 1 }, a: remove })).toEqual({ b: 1, o: { q: 1 } });
  });

  it("lets undefined say nothing and null clear", () => {
    const merged = mergeMapped({ a: 1, b: 2 }, { a: undefined, b: null, c: undefined });
    expect(merged).toEqual({ a: 1, b: null });
    expect(Object.keys(merged)).toEqual(["a", "b"]);
    expect(mergeMapped({ a: null }, { a: { p: 1 } })).toEqual({ a: { p: 1 } });
  });

  it("lets the later value win where the kinds differ", () => {
    expect(mergeMapped({ a: [1] }, { a: "x" })).toEqual({ a: "x" });
    expect(mergeMapped({ a: "x" }, { a: [1, 1] })).toEqual({ a: [1] });
    expect(mergeMapped({ a: { p: 1 } }, { a: [1] })).toEqual({ a: [1] });
  });

  it("keeps __proto__ out of the result at every depth, and constructor an ordinary name", () => {
    const evil = JSON.parse(
      '{"__proto__":{"admin":true},"o":{"__proto__":{"admin":true},"p":1},"l":[{"__proto__":{"admin":true}}]}',
    );
    const merged = mergeMapped({ o: { q: 1 } }, evil, evil, { constructor: { prototype: { admin: true } } });
    for (const object of objectsIn(merged)) {
      expect(Object.keys(object)).not.toContain("__proto__");
      expect(Object.getPrototypeOf(object)).toBe(Array.isArray(object) ? Array.prototype : Object.prototype);
    }
    expect(({} as Data).admin).toBeUndefined();
    expect(merged.o).toEqual({ q: 1, p: 1 });
  });

  it.each([
    ["a date", { a: new Date(0) }, /instance of a class/],
    ["a map", { a: [new Map()] }, /instance of a class/],
    ["a function", { a: () => 1 }, /function/],
    ["a big integer", { a: 1n }, /bigint/],
    ["a number that is not finite", { a: Number.NaN }, /not finite/],
    ["a foreign symbol", { a: Symbol("x") }, /symbol/],
    ["remove within a list", { a: [remove] }, /remove cannot be a value of a list/],
    ["an instance within a replacement", { a: replace([new Date(0)]) }, /instance of a class/],
  ])("refuses %s", (_what, value, message) => {
    expect(() => mergeMapped(value)).toThrow(TypeError);
    expect(() => mergeMapped(value)).toThrow(message);
  });

  it("refuses cycles and data without bottom in place of overflowing the stack", () => {
    const cycle: Record<string, unknown> = { a: 1 };
    cycle.self = cycle;
    expect(() => mergeMapped({ self: { self: 1 } }, cycle)).toThrow(/nests more than 64 levels/);
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(() => mergeMapped({ deep })).toThrow(/nests more than 64 levels/);
  });

  it("merges lists of 20,000 values without comparing each with each", () => {
    let reads = 0;
    const members = Array.from({ length: 20_000 }, (_, index) => ({
      type: "User",
      get value() {
        reads += 1;
        return `id-${index}`;
      },
    }));
    expect((mergeMapped({ members }, { members }).members as unknown[]).length).toBe(20_000);
    expect(reads).toBeLessThan(1_000_000);
  });
});

describe("mergeMapped, by property", () => {
  const run = runs({ seed: 7, numRuns: 150 });
  const value = fc.record(
    { value: fc.constantFrom("a", "b"), type: fc.constantFrom("work", "home"), display: fc.string({ maxLength: 2 }) },
    { requiredKeys: ["value"] },
  );
  /** Always of the same kind at the same path, as data of one schema is. */
  const shaped: fc.Arbitrary<Data> = fc.record(
    {
      text: fc.constantFrom("x", "y"),
      name: fc.record({ given: fc.constantFrom("g", "h"), family: fc.constantFrom("f") }, { requiredKeys: [] }),
      tags: fc.array(fc.constantFrom("p", "q", "r"), { maxLength: 3 }),
      emails: fc.array(value, { maxLength: 4 }),
      urn: fc.record({ list: fc.array(fc.nat(2), { maxLength: 3 }) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );
  const anything = fc.dictionary(
    fc.constantFrom("a", "b", "__proto__", "constructor", "value", "type"),
    fc.jsonValue({ maxDepth: 4 }),
    {
      noNullPrototype: true,
    },
  );

  it("is associative where every path keeps its kind", () => {
    fc.assert(
      fc.property(shaped, shaped, shaped, (a, b, c) => {
        expect(mergeMapped(mergeMapped(a, b), c)).toEqual(mergeMapped(a, mergeMapped(b, c)));
      }),
      run,
    );
  });

  it("changes nothing if a value is set twice, or not set", () => {
    fc.assert(
      fc.property(shaped, (a) => {
        const once = mergeMapped(a);
        expect(mergeMapped(a, a)).toEqual(once);
        expect(mergeMapped(once)).toEqual(once);
        expect(mergeMapped({}, a, {})).toEqual(once);
      }),
      run,
    );
  });

  it("shares nothing with its inputs, which may be frozen", () => {
    fc.assert(
      fc.property(anything, anything, anything, (a, b, c) => {
        const inputs = [a, b, c].map(deepFreeze);
        const known = new Set(inputs.flatMap(objectsIn));
        const merged = mergeMapped(...inputs);
        for (const object of objectsIn(merged)) {
          expect(known.has(object)).toBe(false);
          expect(Object.isFrozen(object)).toBe(false);
          expect(Object.keys(object)).not.toContain("__proto__");
        }
      }),
      run,
    );
  });

  it("takes a scalar, a null and a list's values from the last that says them", () => {
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        const merged = mergeMapped(a, b);
        for (const key of Object.keys(b).filter((name) => name !== "__proto__")) {
          const said = b[key];
          if (typeof said !== "object" || said === null) expect(merged[key]).toEqual(said);
        }
      }),
      run,
    );
  });
});
