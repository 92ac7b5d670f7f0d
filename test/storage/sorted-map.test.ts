import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedMap } from "../../src/storage/memory/sorted-map.ts";
import { compareUtf8 } from "../../src/values/utf8-order.ts";

const key = fc.array(fc.constantFrom("", "a", "b", "aa", "\uffff", "\u{10000}"), { minLength: 1, maxLength: 3 });
const steps = fc.array(fc.tuple(fc.boolean(), key), { maxLength: 200 });

function build(from: readonly (readonly [boolean, string[]])[]) {
  const model = new Map<string, string[]>();
  let map = new SortedMap<string>();
  for (const [isSet, path] of from) {
    const text = JSON.stringify(path);
    map = isSet ? map.set(path, text) : map.delete(path);
    if (isSet) model.set(text, path);
    else model.delete(text);
  }
  const sorted = [...model.values()].sort((a, b) => {
    for (let index = 0; index < Math.min(a.length, b.length); index++) {
      const order = Buffer.compare(Buffer.from(a[index] ?? ""), Buffer.from(b[index] ?? ""));
      if (order !== 0) return order;
    }
    return a.length - b.length;
  });
  return { map, sorted };
}

describe("a sorted map", () => {
  it("holds what was set and not deleted, in the order of its keys, by prefix and place", () => {
    fc.assert(
      fc.property(steps, key, fc.nat(5), (from, prefix, skip) => {
        const { map, sorted } = build(from);
        const inside = sorted.filter((path) => prefix.every((part, index) => path[index] === part));
        expect([...map.entries(prefix)].map(([path]) => path)).toEqual(inside);
        expect([...map.entries(prefix, { skip })].map(([path]) => path)).toEqual(inside.slice(skip));
        expect(map.count(prefix)).toBe(inside.length);
        expect([...map.entries([])].map(([path]) => path)).toEqual(sorted);
        for (const path of sorted) expect(map.get(path)).toBe(JSON.stringify(path));
        expect(sorted.map((path) => map.rank(path))).toEqual(sorted.map((_, index) => index));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("leaves the map it was made from as it was", () => {
    const one = new SortedMap<number>().set(["a"], 1);
    one.set(["a"], 2).set(["b"], 3).delete(["a"]);
    expect([...one.entries([])]).toEqual([[["a"], 1]]);
  });

  it("stays balanced under keys that come in order", () => {
    let map = new SortedMap<number>();
    for (let n = 0; n < 20_000; n++) map = map.set([n], n);
    for (let n = 0; n < 19_990; n++) map = map.delete([n]);
    expect([...map.entries([])].map(([, n]) => n)).toEqual(Array.from({ length: 10 }, (_, n) => 19_990 + n));
  });
});

describe("compareUtf8", () => {
  it("orders as the bytes of UTF-8 do", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      {
        seed: 1,
        numRuns: 500,
        examples: [
          ["\uffff", "\u{10000}"],
          ["a\ud7ff", "a\ue000"],
          ["", "a"],
        ],
      },
    );
  });
});
