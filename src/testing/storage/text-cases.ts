import { isScimError } from "../../errors/scim-error.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectFailure, expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { freshTenant, idsOf, insertAll, type ResourceSubject, userOf } from "./contract-data.ts";

/** Cases on unusual and on long texts. */
export type TextCaseId =
  | "text.odd"
  | "text.ids-exact"
  | "text.no-id"
  | "text.unique-exact"
  | "text.unique-long"
  | "text.deep";

const LONE = ["\u0000", "a\u0000b", "\ud800", "x\udc00y", "\ude00\ud83d"] as const;
const EXACT = ["a", "A", "a ", " a", "é", "e\u0301", "ß", "ss", "İ", "i\u0307", "\ufffd", "%", "_", "'", "\\"] as const;

/** The guarantees on texts: stored exactly, or rejected, never changed. */
export const textCases: CaseTable<TextCaseId, ResourceSubject> = {
  "text.odd": {
    title: "stores U+0000 and lone surrogates in attributes exactly, or rejects them with InvalidValueError",
    async run({ resources }) {
      const { users } = freshTenant();
      for (const [n, text] of LONE.entries()) {
        const odd = userOf(`${n}`, { attributes: { userName: `${n}`, odd: text, [text]: [text] } });
        const isKept = await keptOrRefused(resources.insert(users, odd));
        expectSame(await resources.find(users, odd.id), isKept ? odd : undefined, "Stored exactly, or not at all");
      }
    },
  },
  "text.ids-exact": {
    title: "distinguishes ids exactly: case, spaces, accents, the replacement of a lone surrogate",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(
        resources,
        users,
        EXACT.map((id, n) => userOf(`${n}`, { id })),
      );
      for (const [n, id] of EXACT.entries()) {
        expectSame((await resources.find(users, id))?.attributes.userName, `${n}`, `${JSON.stringify(id)} is found`);
      }
      expectSame(await resources.remove(users, "A"), true, "One is removed");
      expectSame((await resources.find(users, "a"))?.id, "a", "The id in the other case stays");
    },
  },
  "text.no-id": {
    title: "finds nothing under a text that cannot be an id, and rejects it as an id",
    async run({ resources }) {
      const { users, groups } = freshTenant();
      await resources.insert(users, userOf("stand-in", { id: "\ufffd" }));
      for (const id of LONE) {
        expectSame(await resources.find(users, id), undefined, "It is not found");
        expectSame(await resources.remove(users, id), false, "It is not removed");
        const stale = resources.replace(users, userOf("x", { id }), "v1");
        await expectScimError(stale, "PreconditionFailedError", "It is not replaced");
        await expectFailure(
          resources.insert(users, userOf("x", { id })),
          "A resource whose id has a lone surrogate is not inserted",
        );
        if (resources.members === undefined) continue;
        expectSame(await resources.members.page(groups, id, { take: 9 }), { members: [] }, "It has no members");
        expectSame((await resources.members.groupsOf(users.tenant, [id])).get(id) ?? [], [], "It is in no group");
      }
      expectSame(idsOf(await resources.list(users, { take: 9 })), ["\ufffd"], "Nothing was added or removed");
    },
  },
  "text.unique-exact": {
    title: "compares unique values exactly: the caller has folded them",
    async run({ resources }) {
      const { users } = freshTenant();
      for (const [n, key] of EXACT.entries()) {
        await resources.insert(users, userOf(`${n}`, { unique: [{ attribute: "userName", key }] }));
      }
      for (const [n, key] of EXACT.entries()) {
        const second = resources.insert(users, userOf(`x${n}`, { unique: [{ attribute: "userName", key }] }));
        await expectScimError(second, "UniquenessError", `${JSON.stringify(key)} is taken`);
      }
    },
  },
  "text.unique-long": {
    title: "distinguishes long unique values that differ at their end, or rejects them with InvalidValueError",
    async run({ resources }) {
      const { users } = freshTenant();
      const long = Array.from({ length: 1000 }, (_, n) => (n * 7919).toString(36)).join("");
      const holding = (id: string, end: string) =>
        userOf(id, { unique: [{ attribute: "userName", key: `${long}${end}` }] });
      if (!(await keptOrRefused(resources.insert(users, holding("1", "a"))))) return;
      await resources.insert(users, holding("2", "b"));
      await expectScimError(resources.insert(users, holding("3", "a")), "UniquenessError", "The first is taken");
      expectSame((await resources.find(users, "u-1"))?.unique, holding("1", "a").unique, "It comes back whole");
    },
  },
  "text.deep": {
    title: "returns data of two hundred levels, and lists of ten thousand values",
    async run({ resources }) {
      const { users } = freshTenant();
      let deep: unknown = "bottom";
      for (let level = 0; level < 200; level++) deep = level % 2 === 0 ? [deep] : { deep };
      const many = Array.from({ length: 10_000 }, (_, n) => ({ value: `${n}`, primary: n === 0 }));
      const ada = userOf("ada", { attributes: { userName: "ada", deep, many } });
      await resources.insert(users, ada);
      expectSame(await resources.find(users, "u-ada"), ada, "All of it is there");
      expectThat((await resources.list(users, { take: 1 })).resources.length === 1, "It is listed");
    },
  },
};

/** True if it was stored, false if it was rejected as a value that cannot be stored. @throws any other error */
export async function keptOrRefused(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isScimError(error) && error.name === "InvalidValueError") return false;
    throw error;
  }
}
