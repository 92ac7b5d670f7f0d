import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { runContract } from "../../src/testing/contract/run-contract.ts";
import { storageContract } from "../../src/testing/storage/storage-contract.ts";
import { runs } from "../helpers/soak.ts";

runContract({ describe, it }, "storage: memory", storageContract({ create: async () => memoryStorage() }));

describe("what a memory storage keeps", () => {
  const kept = async (value: Record<string, unknown>): Promise<unknown> => {
    const storage = memoryStorage();
    const { value: stored } = await storage.state.put("any", "key", value, { expected: undefined });
    return stored;
  };
  const isFrozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));

  it("is what the value becomes by way of JSON, whatever it is made of, and frozen to the bottom", async () => {
    const anything = fc.object({
      withDate: true,
      withNullPrototype: true,
      withBoxedValues: true,
      withMap: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        const stored = await kept({ value });
        expect(stored).toStrictEqual(JSON.parse(JSON.stringify({ value })));
        expect(isFrozen(stored)).toBe(true);
      }),
      runs({ seed: 138, numRuns: 300 }),
    );
  });

  it("is what special values of JavaScript become in JSON", async () => {
    const value = {
      list: [undefined, -0, Number.NaN, () => 1],
      absent: undefined,
      method() {},
      zero: -0,
      when: new Date(0),
      json: { toJSON: () => "made" },
      ["__proto__"]: { own: true },
    };
    const stored = await kept(value);
    expect(stored).toStrictEqual(JSON.parse(JSON.stringify(value)));
    expect(Object.keys(stored as object)).toContain("__proto__");
  });

  it("is nothing that has no end", async () => {
    const ring: Record<string, unknown> = {};
    ring.again = [ring, ring];
    await expect(kept(ring)).rejects.toThrow(TypeError);
    await expect(kept({ big: 1n })).rejects.toThrow(TypeError);
  });
});
