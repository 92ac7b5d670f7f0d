import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod/mini";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { jsonCodec } from "../../src/storage/state/codec.ts";
import { honestTime, isHeldByOther, type Lease, takenLease } from "../../src/storage/state/lease.ts";
import { joinKey, ownerPrefix, splitOwnerKey } from "../../src/storage/state/owner-key.ts";
import { dueEntries, type RecordKind, repository } from "../../src/storage/state/repository.ts";
import { compareUtf8, endOfPrefix } from "../../src/values/utf8-order.ts";

interface Note {
  readonly text: string;
}
const notes: RecordKind<Note> = { collection: "notes", codec: jsonCodec(z.object({ text: z.string() })) };

async function all<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

it("keeps typed values of one owner, with versions and due times", async () => {
  const storage = memoryStorage();
  const ours = repository(storage.state, notes, "a");
  const put = await ours.put("k", { text: "1" }, { expected: null, dueAt: 5 });
  expect(await ours.get("k")).toEqual({ key: "k", value: { text: "1" }, version: put.version, dueAt: 5 });
  expect([...(await ours.getMany(["k", "none"])).keys()]).toEqual(["k"]);
  await expect(ours.put("k", { text: "2" }, { expected: null })).rejects.toMatchObject({ status: 412 });
  await storage.transaction((tx) => repository(tx.state, notes, "a").put("l", { text: "3" }, { expected: null }));
  expect((await ours.scan({ take: 9 })).map((entry) => entry.key)).toEqual(["k", "l"]);
  expect(await ours.delete("k", put.version)).toBe(true);
  expect(await ours.get("k")).toBeUndefined();
});

it("shows an owner nothing of another's, and what is due of all owners at once", async () => {
  const { state } = memoryStorage();
  const owners = ["a", "a/1:b", "1:a", "ab", "", "\u{10ffff}"];
  for (const owner of owners)
    await repository(state, notes, owner).put("k", { text: owner }, { expected: null, dueAt: 1 });
  for (const owner of owners) {
    const found = await all(repository(state, notes, owner).each());
    expect(found.map(({ key, value }) => [key, value.text])).toEqual([["k", owner]]);
  }
  const { entries: due, isAll } = await dueEntries(state, notes, { before: 1, take: 9 });
  expect(isAll).toBe(true);
  expect(due.map(({ owner }) => owner).sort()).toEqual([...owners].sort());
});

it("finds what is due behind a record that cannot be read, and says which that is", async () => {
  const { state } = memoryStorage();
  await state.put("notes", `${ownerPrefix("a")}bad`, { text: 7 }, { expected: null, dueAt: 1 });
  await state.put("notes", "no owner", { text: "1" }, { expected: null, dueAt: 2 });
  await repository(state, notes, "a").put("good", { text: "1" }, { expected: null, dueAt: 3 });
  const { entries, invalid } = await dueEntries(state, notes, { before: 9, take: 9 });
  expect(entries.map(({ key }) => key)).toEqual(["good"]);
  expect(invalid.map(({ detail }) => detail)).toEqual([
    expect.stringContaining("1:a/bad of notes"),
    expect.stringContaining("no owner of notes"),
  ]);
});

it("scans by prefix, from behind a key and up to one, page by page", async () => {
  const ours = repository(memoryStorage().state, notes, "a");
  const keys = ["g", "g/", "g/\u{10ffff}", "g/\u{10ffff}x", "g/1", "g0", "h"];
  for (const key of keys) await ours.put(key, { text: key }, { expected: null });
  const found = async (range: Parameters<typeof ours.each>[0]) => (await all(ours.each(range))).map(({ key }) => key);
  expect(await found({ prefix: "g/" })).toEqual(["g/", "g/1", "g/\u{10ffff}", "g/\u{10ffff}x"]);
  expect(await found({ prefix: "g/", after: "g/1" })).toEqual(["g/\u{10ffff}", "g/\u{10ffff}x"]);
  expect(await found({ after: "g", upTo: "g/1" })).toEqual(["g/", "g/1"]);
});

it("refuses a record that is not of its kind, naming collection and key and nothing of its data", async () => {
  const { state } = memoryStorage();
  await state.put("notes", `${ownerPrefix("a")}k`, { text: 7, secret: "hunter2" }, { expected: null });
  const read = repository(state, notes, "a").get("k");
  await expect(read).rejects.toMatchObject({ code: "SCIM_RECORD_INVALID", status: 500 });
  await expect(read).rejects.toThrow(/1:a\/k of notes/);
  await expect(read).rejects.not.toThrow(/hunter2/);
});

it("gives no two owners prefixes of which one begins the other, and takes them off again", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.string(), (one, other, key) => {
      expect(splitOwnerKey(ownerPrefix(one) + key)).toEqual({ owner: one, key });
      if (one !== other) expect((ownerPrefix(one) + key).startsWith(ownerPrefix(other))).toBe(false);
    }),
  );
  expect(joinKey("a/b", "c")).toBe("a%2Fb/c");
});

it("finds the end of a prefix in UTF-8 order", () => {
  expect(endOfPrefix("")).toBeUndefined();
  expect(endOfPrefix("\u{10ffff}")).toBeUndefined();
  expect(endOfPrefix("a\u{10ffff}")).toBe("b");
  expect(endOfPrefix("\ud7ff")).toBe("\ue000");
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(text, text, text, (prefix, rest, other) => {
      const end = endOfPrefix(prefix);
      if (end === undefined) return;
      expect(compareUtf8(prefix + rest, end)).toBeLessThan(0);
      if (!other.startsWith(prefix) && compareUtf8(other, prefix) > 0) {
        expect(compareUtf8(other, end)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

it("holds a lease against others until it runs out, and never longer than it was given honestly", () => {
  const first: Lease = takenLease(undefined, { by: "a", now: 1000, ms: 60 });
  expect(first).toEqual({ by: "a", until: 1060, fence: 1 });
  const asked = { by: "b", now: 1059 };
  expect(isHeldByOther(first, asked)).toBe(true);
  expect(isHeldByOther(first, { ...asked, by: "a" })).toBe(false);
  expect(isHeldByOther(first, { ...asked, now: 1060 })).toBe(false);
  expect(takenLease(first, { by: "a", now: 1010, ms: 60 }).fence).toBe(1);
  expect(takenLease(first, { by: "b", now: 1060, ms: 60 }).fence).toBe(2);
  // The clock was a day ahead when this was written: it still ends within 60 ms of now.
  expect(honestTime(86_400_000, 1000, 60)).toBe(1060);
});
