import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { componentsInOrder } from "../../src/server/bulk/components-in-order.ts";

/** Lists of needs among up to twenty things. */
const needs = fc
  .integer({ min: 0, max: 20 })
  .chain((size) =>
    fc.array(fc.array(fc.nat({ max: Math.max(0, size - 1) }), { maxLength: 3 }), { minLength: size, maxLength: size }),
  );

/** Everything that a thing needs, directly or through others. */
function reach(all: readonly (readonly number[])[], start: number): Set<number> {
  const seen = new Set<number>();
  const open = [...(all[start] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(all[next] ?? []));
  }
  return seen;
}

describe("the order of bulk operations", () => {
  it.each([
    ["nothing", [], []],
    ["what stands alone", [[], [], []], [[0], [1], [2]]],
    ["what needs what stands before it", [[], [0], [1]], [[0], [1], [2]]],
    ["what needs what stands behind it", [[2], [], []], [[2], [0], [1]]],
    ["a chain that stands the wrong way round", [[1], [2], [3], []], [[3], [2], [1], [0]]],
    ["a cycle, and what needs it", [[3], [2], [1], [1]], [[1, 2], [3], [0]]],
    ["a cycle of three with a chord", [[1, 2], [2], [0]], [[0, 1, 2]]],
    ["what needs itself", [[0], []], [[0], [1]]],
  ])("puts %s in order", (_, all, expected) => {
    expect(componentsInOrder(all)).toEqual(expected);
  });

  it("holds everything once, each after what it needs, and in one component what needs each other and nothing else", () => {
    fc.assert(
      fc.property(needs, (all) => {
        const components = componentsInOrder(all);
        expect(components.flat().sort((a, b) => a - b)).toEqual(all.map((_, index) => index));
        const done = new Set<number>();
        for (const component of components) {
          for (const member of component) {
            done.add(member);
            for (const need of all[member] ?? []) expect(done.has(need) || component.includes(need)).toBe(true);
          }
          const [first = 0, ...others] = component;
          for (const other of others) {
            expect(reach(all, first).has(other) && reach(all, other).has(first)).toBe(true);
          }
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("is done with a chain of a hundred thousand", () => {
    const all = Array.from({ length: 100_000 }, (_, index) => (index === 99_999 ? [] : [index + 1]));
    expect(componentsInOrder(all)[0]).toEqual([99_999]);
    const cycle = all.map((each) => (each.length === 0 ? [0] : each));
    expect(componentsInOrder(cycle)).toHaveLength(1);
  });
});
