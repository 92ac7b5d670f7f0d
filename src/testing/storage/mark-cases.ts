import type { CaseTable } from "../contract/contract-case.ts";
import { expectFailure, expectSame, expectThat } from "../contract/contract-violation.ts";
import { freshName, shortWhile, upTo } from "./contract-data.ts";
import type { StorageSubject } from "./transaction-cases.ts";

/** Cases on state records that other processes must find: marks, intents, entries of an outbox. */
export type MarkCaseId =
  | "state.keys-exact"
  | "state.no-key"
  | "state.large"
  | "state.scan-steady"
  | "state.late-commit"
  | "state.version-undone";

const NEW = { expected: null } as const;

/** The guarantees on finding state records again. */
export const markCases: CaseTable<MarkCaseId, StorageSubject> = {
  "state.keys-exact": {
    title: "distinguishes keys and collections exactly",
    async run({ storage: { state } }) {
      const keys = ["a", "A", "a ", " a", "é", "e\u0301", "ß", "ss", "\ufffd", "%", "_", "x".repeat(900)];
      const collections = upTo(2).map(freshName);
      for (const c of [...collections, ...collections.map((one) => one.toUpperCase())]) {
        for (const key of keys) await state.put(c, key, { c, key }, NEW);
      }
      for (const c of collections) {
        const found = await state.get(c, keys);
        for (const key of keys) expectSame(found.get(key)?.value, { c, key }, "Each has its own");
        expectSame((await state.scan(c, { take: 99 })).length, keys.length, "None too many");
      }
    },
  },
  "state.no-key": {
    title: "finds nothing under a text that cannot be a key, and rejects it as a key",
    async run({ storage: { state } }) {
      const c = freshName();
      const stood = await state.put(c, "\ufffd", {}, NEW);
      for (const key of ["\u0000", "a\u0000", "\ud800", "\udc00\ud800"]) {
        expectSame((await state.get(c, [key, "\ufffd"])).size, 1, "Nothing is found under it");
        expectSame(await state.delete(c, key), false, "Nothing is deleted");
        await expectFailure(state.put(c, key, {}, { expected: undefined }), "Nothing is put");
      }
      expectSame(await state.scan(c, { take: 9 }), [stood], "Nothing came, nothing went");
    },
  },
  "state.large": {
    title: "returns a megabyte, and two thousand records in one request",
    async run({ storage }) {
      const c = freshName();
      const value = { text: "ü\u{1f600}".repeat(1 << 17), list: upTo(10_000) };
      await storage.state.put(c, "large", value, NEW);
      expectSame((await storage.state.get(c, ["large"])).get("large")?.value, value, "All of it is there");
      const keys = upTo(2000).map((n) => `k${n}`);
      await storage.transaction(async ({ state }) => {
        for (const key of keys.slice(0, 500)) await state.put(c, key, {}, NEW);
      });
      expectSame((await storage.state.get(c, keys)).size, 500, "The existing records are found among many keys");
    },
  },
  "state.scan-steady": {
    title: "scans in pages and returns a record that exists during the whole scan once",
    async run({ storage: { state } }) {
      const c = freshName();
      const key = (n: number) => String(n).padStart(3, "0");
      for (const n of upTo(30)) await state.put(c, key(n), { n }, NEW);
      const seen: string[] = [];
      for (let after: string | undefined, turn = 0; ; turn++) {
        const page = await state.scan(c, { take: 4, after });
        seen.push(...page.map((record) => record.key));
        after = page.at(-1)?.key;
        if (after === undefined) break;
        for (const { key: one } of page) {
          if (Number(one) % 3 === 0) await state.delete(c, one);
          else await state.put(c, one, { turn }, { expected: undefined });
        }
        await state.put(c, `000-${turn}`, {}, { expected: undefined });
        await state.delete(c, key(27 - 3 * turn));
      }
      const standing = upTo(30)
        .filter((n) => n % 3 !== 0)
        .map(key);
      expectSame(
        seen.filter((one) => standing.includes(one)),
        standing,
        "Each record that stayed was returned once, in order",
      );
      expectSame(new Set(seen).size, seen.length, "None was seen twice");
    },
  },
  "state.late-commit": {
    title: "finds a due record that was committed late, even after later ones were returned",
    async run({ storage }) {
      const c = freshName();
      const due = async () => (await storage.state.due(c, 99, 99)).map((record) => record.key);
      const put = (key: string, dueAt: number) => storage.state.put(c, key, {}, { expected: null, dueAt });
      let commit = () => {};
      const committing = new Promise<void>((resolve) => {
        commit = resolve;
      });
      let written = () => {};
      const writing = new Promise<void>((resolve) => {
        written = resolve;
      });
      const late = storage.transaction(async (tx) => {
        await tx.state.put(c, "late", {}, { expected: undefined, dueAt: 10 });
        written();
        await committing;
      });
      await writing;
      // A driver may write and read in parallel with the transaction, or wait for its end. Then these come too late to
      // matter.
      const beside = put("beside", 20).then(due);
      await Promise.race([beside, shortWhile()]);
      commit();
      await Promise.all([late, beside]);
      expectSame(await due(), ["late", "beside"], "Both are due, earliest first");
      await put("earlier", 5);
      expectSame(await due(), ["earlier", "late", "beside"], "A record that is due before the others is found");
      const scanned = (await storage.state.scan(c, { take: 9 })).map((record) => record.key);
      expectSame(scanned, ["beside", "earlier", "late"], "A scan finds all of them");
    },
  },
  "state.version-undone": {
    title: "never uses a version again that a failed transaction used",
    async run({ storage }) {
      const c = freshName();
      const given: string[] = [];
      const work = storage.transaction(async ({ state }) => {
        given.push((await state.put(c, "k", { n: 1 }, { expected: undefined })).version);
        throw new TypeError("on purpose");
      });
      await expectFailure(work, "The transaction fails");
      const { version } = await storage.state.put(c, "k", { n: 2 }, NEW);
      expectThat(!given.includes(version), "The version is another");
    },
  },
};
