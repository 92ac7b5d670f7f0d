import fc from "fast-check";
import { expect, it } from "vitest";
import { sortInTurns } from "../../src/work/sort-in-turns.ts";
import { createWork } from "../../src/work/work.ts";

it("sorts as Array.sort does, in pieces", async () => {
  const items = fc.array(fc.record({ key: fc.nat(20), id: fc.nat() }), { maxLength: 5000, size: "max" });
  const compare = (left: { key: number }, right: { key: number }) => left.key - right.key;
  await fc.assert(
    fc.asyncProperty(items, async (given) => {
      expect(await sortInTurns(given, compare, createWork())).toEqual(given.toSorted(compare));
    }),
    { numRuns: 30, seed: 11 },
  );
});
