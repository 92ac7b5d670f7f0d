import type { Storage } from "../../../src/storage/storage.ts";
import type { AfterCommitCaseId } from "../../../src/testing/storage/after-commit-cases.ts";
import { onWhole, type Saboteur } from "./altered-storage.ts";

/** A storage whose transactions offer another `afterCommit`, which is given theirs. */
function withAfterCommit(how: (inner: Callbacks) => Callbacks): Saboteur {
  return onWhole((inner) => ({
    transaction: (run) => inner.transaction((tx) => run({ ...tx, afterCommit: how((callback) => add(tx, callback)) })),
  }));
}

type Callbacks = NonNullable<Storage["afterCommit"]>;

function add(tx: Storage, callback: () => void): void {
  tx.afterCommit?.(callback);
}

/** For each promise on `afterCommit`, a storage that breaks it. */
export const afterCommitSaboteurs: Readonly<Record<AfterCommitCaseId, Saboteur>> = {
  // Calls back at once, when nothing is committed.
  "after-commit.committed": withAfterCommit(() => (callback) => callback()),
  // Calls back whatever becomes of the transaction.
  "after-commit.rolled-back": onWhole((inner) => ({
    transaction: (run) => {
      const callbacks: (() => void)[] = [];
      const work = inner.transaction((tx) => run({ ...tx, afterCommit: (callback) => void callbacks.push(callback) }));
      return work.finally(() => {
        for (const callback of callbacks) callback();
      });
    },
  })),
  // Calls none of those behind one that throws.
  "after-commit.throws": onWhole((inner) => ({
    transaction: async (run) => {
      const callbacks: (() => void)[] = [];
      const result = await inner.transaction((tx) =>
        run({ ...tx, afterCommit: (callback) => void callbacks.push(callback) }),
      );
      try {
        for (const callback of callbacks) callback();
      } catch {
        // The rest is not called.
      }
      return result;
    },
  })),
  // Calls back for an attempt that was rolled back as well.
  "after-commit.once": withAfterCommit((inner) => (callback) => {
    inner(callback);
    inner(callback);
  }),
  // Takes callbacks after the end, and calls them never.
  "after-commit.ended": onWhole((inner) => ({
    transaction: (run) => inner.transaction((tx) => run({ ...tx, afterCommit: () => undefined })),
  })),
};
