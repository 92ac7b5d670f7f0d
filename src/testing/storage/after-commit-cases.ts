import type { Storage } from "../../storage/storage.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectFailure, expectSame, expectThat } from "../contract/contract-violation.ts";
import { freshName, freshTenant, upTo, userOf } from "./contract-data.ts";
import type { StorageSubject } from "./transaction-cases.ts";

/** Cases on callbacks that a transaction calls once it has committed. */
export type AfterCommitCaseId =
  | "after-commit.committed"
  | "after-commit.rolled-back"
  | "after-commit.throws"
  | "after-commit.once"
  | "after-commit.ended";

/** The guarantees of `afterCommit`. */
export const afterCommitCases: CaseTable<AfterCommitCaseId, StorageSubject> = {
  "after-commit.committed": {
    title: "calls the callbacks of afterCommit in order, when all writes of the transaction are visible",
    async run({ storage }) {
      const { users } = freshTenant();
      const called: string[] = [];
      const seen: Promise<unknown>[] = [];
      await storage.transaction(async (tx) => {
        afterCommit(tx, () => {
          called.push("first");
          seen.push(storage.resources.find(users, "u-ada"));
        });
        await tx.resources.insert(users, userOf("ada"));
        afterCommit(tx, () => called.push("second"));
        await tx.resources.find(users, "u-ada");
        expectSame(called, [], "Nothing is called before the commit");
      });
      await storage.resources.find(users, "u-ada");
      expectSame(called, ["first", "second"], "Each was called, in order");
      expectThat(
        (await Promise.all(seen)).every((one) => one !== undefined),
        "The commit came first",
      );
    },
  },
  "after-commit.rolled-back": {
    title: "calls no callback of a transaction that failed, and none of them later",
    async run({ storage }) {
      const { users } = freshTenant();
      const called: string[] = [];
      const failing = storage.transaction(async (tx) => {
        afterCommit(tx, () => called.push("failed"));
        await tx.resources.insert(users, userOf("ada"));
        throw new TypeError("on purpose");
      });
      await expectFailure(failing, "The transaction fails");
      await storage.transaction(async (tx) => afterCommit(tx, () => called.push("committed")));
      await storage.resources.find(users, "u-ada");
      expectSame(called, ["committed"], "Only the committed transaction calls");
    },
  },
  "after-commit.throws": {
    title: "keeps the commit if a callback throws or rejects, and calls the others",
    async run({ storage }) {
      const { users } = freshTenant();
      const called: string[] = [];
      const result = await storage.transaction(async (tx) => {
        afterCommit(tx, () => {
          throw new TypeError("on purpose");
        });
        afterCommit(tx, () => Promise.reject(new TypeError("on purpose")));
        afterCommit(tx, () => called.push("last"));
        await tx.resources.insert(users, userOf("ada"));
        return "done";
      });
      expectSame(result, "done", "The transaction returns what it returned");
      expectThat((await storage.resources.find(users, "u-ada")) !== undefined, "What was written stays");
      expectSame(called, ["last"], "The next callback is called");
    },
  },
  "after-commit.once": {
    title: "calls back once for each transaction, also if it ran again after a conflict",
    async run({ storage }) {
      const c = freshName();
      const called: number[] = [];
      await storage.state.put(c, "n", { n: 0 }, { expected: null });
      const increment = (by: number) =>
        storage.transaction(async (tx) => {
          const n = Number((await tx.state.get(c, ["n"])).get("n")?.value.n);
          afterCommit(tx, () => called.push(by));
          await tx.state.put(c, "n", { n: n + 1 }, { expected: undefined });
        });
      await Promise.all(upTo(8).map(increment));
      await storage.state.get(c, ["n"]);
      expectSame(
        called.sort((a, b) => a - b),
        upTo(8),
        "Each transaction calls once",
      );
    },
  },
  "after-commit.ended": {
    title: "offers afterCommit only inside a transaction, and not after its end",
    async run({ storage }) {
      expectThat(storage.afterCommit === undefined, "There is none outside of a transaction");
      const kept: Storage[] = [];
      await storage.transaction(async (tx) => void kept.push(tx));
      for (const tx of kept) {
        await expectFailure(
          Promise.resolve().then(() => afterCommit(tx, () => undefined)),
          "It is refused after the end",
        );
      }
    },
  },
};

function afterCommit(tx: Storage, callback: () => unknown): void {
  expectThat(tx.afterCommit !== undefined, "A transaction offers afterCommit");
  tx.afterCommit(callback);
}
