import type { StateStorage } from "../../storage/state-storage.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { countWinners, expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { freshName, upTo } from "./contract-data.ts";
import { keptOrRefused } from "./text-cases.ts";

/** The subject of the cases on state. */
export interface StateSubject {
  readonly state: StateStorage;
}

/** Cases on state records. */
export type StateCaseId =
  | "state.put"
  | "state.absent"
  | "state.expect-null"
  | "state.expect-version"
  | "state.expect-nothing"
  | "state.fresh-versions"
  | "state.race"
  | "state.delete"
  | "state.scan-order"
  | "state.scan-range"
  | "state.due"
  | "state.due-changes"
  | "state.collections-apart"
  | "state.json-data"
  | "state.given-not-kept"
  | "state.kept-not-given";

const NEW = { expected: null } as const;
const ANY = { expected: undefined } as const;

/** The guarantees on state records. */
export const stateCases: CaseTable<StateCaseId, StateSubject> = {
  "state.put": {
    title: "returns a record as it was put",
    async run({ state }) {
      const c = freshName();
      const put = await state.put(c, "k", { n: 1 }, { expected: null, dueAt: 1_700_000_000_000.5 });
      expectSame([put.key, put.value, put.dueAt], ["k", { n: 1 }, 1_700_000_000_000.5], "put returns the record");
      expectSame((await state.get(c, ["k"])).get("k"), put, "get finds the record");
    },
  },
  "state.absent": {
    title: "leaves missing records out of the result",
    async run({ state }) {
      const c = freshName();
      await state.put(c, "a", {}, NEW);
      const found = await state.get(c, ["a", "b", "a"]);
      expectSame([...found.keys()], ["a"], "Only existing records are returned");
      expectSame([...(await state.get(c, [])).keys()], [], "No keys, no records");
    },
  },
  "state.expect-null": {
    title: "writes a record that must not exist only if it does not exist",
    async run({ state }) {
      const c = freshName();
      const first = await state.put(c, "k", { n: 1 }, NEW);
      await expectScimError(state.put(c, "k", { n: 2 }, NEW), "PreconditionFailedError", "It exists already");
      expectSame((await state.get(c, ["k"])).get("k"), first, "The first stays");
    },
  },
  "state.expect-version": {
    title: "replaces a record only at the expected version",
    async run({ state }) {
      const c = freshName();
      const first = await state.put(c, "k", { n: 1 }, NEW);
      const second = await state.put(c, "k", { n: 2 }, { expected: first.version });
      const stale = state.put(c, "k", { n: 3 }, { expected: first.version });
      await expectScimError(stale, "PreconditionFailedError", "A write of an old version is rejected");
      const absent = state.put(c, "none", {}, { expected: first.version });
      await expectScimError(absent, "PreconditionFailedError", "A deleted record has no version");
      expectSame((await state.get(c, ["k", "none"])).get("k"), second, "The second stays");
    },
  },
  "state.expect-nothing": {
    title: "replaces any record if no version is expected",
    async run({ state }) {
      const c = freshName();
      await state.put(c, "k", { n: 1 }, ANY);
      await state.put(c, "k", { n: 2 }, ANY);
      expectSame((await state.get(c, ["k"])).get("k")?.value, { n: 2 }, "The last one is there");
    },
  },
  "state.fresh-versions": {
    title: "sets a version that the key never had, also after a deletion and for the same value",
    async run({ state }) {
      const c = freshName();
      const versions: string[] = [];
      for (const step of upTo(6)) {
        versions.push((await state.put(c, "k", {}, ANY)).version);
        if (step % 2 === 1) await state.delete(c, "k");
      }
      expectSame(new Set(versions).size, 6, "No version comes back");
    },
  },
  "state.race": {
    title: "lets one of many parallel writers with the same expected version succeed",
    async run({ state }) {
      const c = freshName();
      const create = upTo(50).map((n) => state.put(c, "k", { n }, NEW));
      expectSame(await countWinners(create, "PreconditionFailedError"), 1, "One creates it");
      const version = (await state.get(c, ["k"])).get("k")?.version ?? "";
      const update = upTo(50).map((n) => state.put(c, "k", { n }, { expected: version }));
      expectSame(await countWinners(update, "PreconditionFailedError"), 1, "One updates it");
    },
  },
  "state.delete": {
    title: "deletes a record, at a version if one is given, and returns whether it did",
    async run({ state }) {
      const c = freshName();
      const { version } = await state.put(c, "k", {}, { expected: null, dueAt: 1 });
      expectSame(await state.delete(c, "k", "another"), false, "Another version is not deleted");
      expectSame((await state.get(c, ["k"])).size, 1, "It is still there");
      expectSame(await state.delete(c, "k", version), true, "This version is deleted");
      expectSame(await state.delete(c, "k"), false, "It is gone");
      expectSame(
        [(await state.get(c, ["k"])).size, (await state.due(c, 9, 9)).length],
        [0, 0],
        "It is gone everywhere",
      );
      await state.put(c, "k", {}, NEW);
      expectSame(await state.delete(c, "k"), true, "Without a version, any record is deleted");
    },
  },
  "state.scan-order": {
    title: "scans in the binary order of the keys in UTF-8",
    async run({ state }) {
      const c = freshName();
      const inOrder = [
        "!",
        "A",
        "B",
        "a",
        "ab",
        "b",
        "\u007f",
        "é",
        "\ud7ff",
        "\ue000",
        "\uffff",
        "\u{10000}",
        "\u{10ffff}",
      ];
      for (const key of inOrder.toReversed()) await state.put(c, key, {}, NEW);
      const found = await state.scan(c, { take: 99 });
      expectSame(
        found.map((record) => record.key),
        inOrder,
        "The order is that of the bytes",
      );
    },
  },
  "state.scan-range": {
    title: "scans from a key inclusive to a key exclusive, after another key, with a limit",
    async run({ state }) {
      const c = freshName();
      for (const key of ["a", "b", "c", "d", "e"]) await state.put(c, key, { key }, NEW);
      const keys = async (range: Omit<Parameters<StateStorage["scan"]>[1], "take">, take = 99) =>
        (await state.scan(c, { ...range, take })).map((record) => record.key).join("");
      expectSame(await keys({ from: "b", to: "d" }), "bc", "from is inclusive, to exclusive");
      expectSame(await keys({ after: "b" }), "cde", "after is exclusive");
      expectSame(await keys({ from: "b", after: "a", to: "e" }), "bcd", "from holds behind after");
      expectSame(await keys({ from: "b", after: "c", to: "e" }), "d", "after holds behind from");
      expectSame(await keys({ from: "bb", to: "dd" }), "cd", "The ends need not be there");
      expectSame(
        [await keys({}, 2), await keys({}, 0), await keys({ from: "d", to: "b" })],
        ["ab", "", ""],
        "The limits",
      );
      expectSame((await state.scan(c, { take: 1 }))[0], (await state.get(c, ["a"])).get("a"), "Whole records come");
    },
  },
  "state.due": {
    title: "finds the records that are due at or before a time, earliest first, with a limit",
    async run({ state }) {
      const c = freshName();
      const dues = { e: 30, d: 10, c: 20, b: 20.5, a: 9 };
      for (const [key, dueAt] of Object.entries(dues)) await state.put(c, key, {}, { expected: null, dueAt });
      await state.put(c, "never", {}, NEW);
      const keys = async (before: number, take = 99) =>
        (await state.due(c, before, take)).map((one) => one.key).join("");
      expectSame([await keys(20), await keys(8), await keys(99)], ["adc", "", "adcbe"], "At or before, earliest first");
      expectSame([await keys(99, 2), await keys(99, 0)], ["ad", ""], "No more than asked");
    },
  },
  "state.due-changes": {
    title: "sets a record's due time with every put, and removes it if none is given",
    async run({ state }) {
      const c = freshName();
      await state.put(c, "k", {}, { expected: null, dueAt: 10 });
      await state.put(c, "k", {}, { expected: undefined, dueAt: 20 });
      expectSame((await state.due(c, 15, 9)).length, 0, "The old time is forgotten");
      expectSame((await state.due(c, 20, 9)).length, 1, "The new time holds");
      await state.put(c, "k", {}, ANY);
      expectSame((await state.due(c, 99, 9)).length, 0, "Without a time it is never due");
      expectThat(!("dueAt" in ((await state.get(c, ["k"])).get("k") ?? {})), "The record has none either");
    },
  },
  "state.collections-apart": {
    title: "keeps collections apart",
    async run({ state }) {
      const [one, two] = [freshName(), freshName()];
      await state.put(one, "k", { one }, { expected: null, dueAt: 1 });
      const seen = [(await state.get(two, ["k"])).size, await state.scan(two, { take: 9 }), await state.due(two, 9, 9)];
      expectSame(seen, [0, [], []], "The other collection is empty");
      await state.put(two, "k", { two }, NEW);
      await state.delete(two, "k");
      expectSame((await state.get(one, ["k"])).get("k")?.value, { one }, "The first keeps its record");
    },
  },
  "state.json-data": {
    title: "returns any JSON data as it was stored",
    async run({ state }) {
      const c = freshName();
      const value = {
        odd: JSON.parse('{"__proto__":{"x":1}}'),
        text: "\u0001é\u{1f600}\ufffd",
        list: [null, [], {}],
        n: -0.5,
      };
      await state.put(c, "k'\"%_\\", value, NEW);
      expectSame((await state.get(c, ["k'\"%_\\"])).get("k'\"%_\\")?.value, value, "The data is the same");
      for (const text of ["\u0000", "\ud800", "a\udc00b"]) {
        const isKept = await keptOrRefused(state.put(c, "odd", { text }, ANY));
        const found = (await state.get(c, ["odd"])).get("odd")?.value;
        expectSame(
          found,
          isKept ? { text } : undefined,
          "An unusual text is stored exactly, or rejected with InvalidValueError",
        );
      }
    },
  },
  "state.given-not-kept": {
    title: "keeps no reference to a value that it gets",
    async run({ state }) {
      const c = freshName();
      const value = { list: [1] };
      const put = state.put(c, "k", value, NEW);
      value.list.push(2);
      await put;
      value.list.push(3);
      expectSame((await state.get(c, ["k"])).get("k")?.value, { list: [1] }, "The value is as it was given");
    },
  },
  "state.kept-not-given": {
    title: "returns no reference to a value that it stores",
    async run({ state }) {
      const c = freshName();
      const records = [await state.put(c, "k", { list: [1] }, NEW), (await state.get(c, ["k"])).get("k")];
      for (const record of [...records, ...(await state.scan(c, { take: 1 }))]) {
        try {
          (record?.value as { list?: number[] } | undefined)?.list?.push(2);
        } catch {
          // It is frozen, which is as good as a copy.
        }
      }
      expectSame((await state.get(c, ["k"])).get("k")?.value, { list: [1] }, "Callers cannot change it");
    },
  },
};
