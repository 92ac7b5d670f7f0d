import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { overlayStorage } from "../../src/storage/memory/overlay-storage.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { StateRecord } from "../../src/storage/state-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { runs } from "../helpers/soak.ts";

const key = fc.constantFrom("a", "b", "c", "d", "e", "f", "\u{10ffff}");
const write = fc.oneof(
  fc.record({ do: fc.constant("put" as const), key, n: fc.nat(9), dueAt: fc.option(fc.nat(5), { nil: undefined }) }),
  fc.record({ do: fc.constant("delete" as const), key }),
);
const read = fc.oneof(
  fc.record({
    do: fc.constant("scan" as const),
    from: fc.option(key, { nil: undefined }),
    to: fc.option(key, { nil: undefined }),
    after: fc.option(key, { nil: undefined }),
    take: fc.nat(4),
  }),
  fc.record({ do: fc.constant("due" as const), before: fc.nat(5), take: fc.nat(4) }),
  fc.record({ do: fc.constant("get" as const), keys: fc.array(key) }),
);
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;
type Read = typeof read extends fc.Arbitrary<infer T> ? T : never;

async function apply({ state }: Storage, change: Write): Promise<unknown> {
  if (change.do === "delete") return state.delete("c", change.key);
  const { key: name, n, dueAt } = change;
  return data([await state.put("c", name, { n }, { expected: undefined, dueAt })]);
}

async function look({ state }: Storage, { do: what, ...query }: Read): Promise<unknown> {
  if (what === "scan") return data(await state.scan("c", query as Parameters<typeof state.scan>[1]));
  if ("before" in query) return data(await state.due("c", query.before, query.take));
  return data([...(await state.get("c", (query as { keys: string[] }).keys)).values()]);
}

/** What two storages must agree on: versions are each one's own. */
function data(records: readonly StateRecord[]): unknown {
  return records.map(({ key: name, value, dueAt }) => [name, value, dueAt]);
}

describe("a storage laid over another", () => {
  it("reads as if it had been written, and writes nothing to the one below", async () => {
    const steps = fc.array(fc.oneof(write, read), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 12 }), steps, async (before, after) => {
        const below = memoryStorage();
        const model = memoryStorage();
        for (const change of before) {
          await apply(below, change);
          await apply(model, change);
        }
        const untouched = JSON.stringify(await below.state.scan("c", { take: 99 }));
        const over = overlayStorage(below);
        for (const step of after) {
          const isWrite = step.do === "put" || step.do === "delete";
          const [ours, theirs] = isWrite
            ? [await apply(over, step), await apply(model, step)]
            : [await look(over, step), await look(model, step)];
          expect(ours, JSON.stringify(step)).toEqual(theirs);
        }
        expect(JSON.stringify(await below.state.scan("c", { take: 99 }))).toBe(untouched);
      }),
      runs({ seed: 20_261_203, numRuns: 300 }),
    );
  });

  it("keeps transactions whole, and compares versions, those below included", async () => {
    const below = memoryStorage();
    const first = await below.state.put("c", "a", { n: 1 }, { expected: null });
    const over = overlayStorage(below);
    await expect(over.state.put("c", "a", { n: 2 }, { expected: null })).rejects.toMatchObject({ status: 412 });
    await expect(
      over.transaction(async (tx) => {
        await tx.state.put("c", "a", { n: 3 }, { expected: first.version });
        await tx.state.put("c", "b", { n: 3 }, { expected: null });
        throw new TypeError("no");
      }),
    ).rejects.toThrow("no");
    expect(data(await over.state.scan("c", { take: 9 }))).toEqual([["a", { n: 1 }, undefined]]);
    const second = await over.transaction((tx) => tx.state.put("c", "a", { n: 4 }, { expected: first.version }));
    expect(await over.state.delete("c", "a", first.version)).toBe(false);
    expect(await over.state.delete("c", "a", second.version)).toBe(true);
    expect(await below.state.get("c", ["a"])).toHaveProperty("size", 1);
  });

  it("shows the resources below and refuses to write any", async () => {
    const below = memoryStorage();
    const users = { tenant: "t", type: "User" };
    const times = { created: "2026-01-01T00:00:00.000Z", lastModified: "2026-01-01T00:00:00.000Z" };
    const ann = { id: "1", version: "1", ...times, attributes: {}, unique: [] };
    await below.resources.insert(users, ann);
    const { resources } = overlayStorage(below);
    expect(await resources.find(users, "1")).toMatchObject({ id: "1" });
    await expect(resources.insert(users, { ...ann, id: "2" })).rejects.toThrow(TypeError);
    await expect(resources.remove(users, "1")).rejects.toThrow(TypeError);
  });
});
