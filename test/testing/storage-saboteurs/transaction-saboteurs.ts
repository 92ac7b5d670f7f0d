import { memoryStorage } from "../../../src/storage/memory/storage.ts";
import type { StateStorage } from "../../../src/storage/state-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import type { TransactionCaseId } from "../../../src/testing/storage/transaction-cases.ts";
import { onWhole, type Saboteur } from "./altered-storage.ts";
import { reservesOnFailure } from "./uniqueness-saboteurs.ts";

/** Reads what is there and writes at the end, whatever others have written since. */
const lastWriterWins: Saboteur = onWhole((inner) => ({
  transaction: async (run) => {
    const writes: Parameters<StateStorage["put"]>[] = [];
    const put: StateStorage["put"] = async (...write) => {
      writes.push(write);
      const [, key, value] = write;
      return { key, value, version: "" };
    };
    const result = await run({ ...inner, state: { ...inner.state, put } });
    for (const write of writes) await inner.state.put(...write);
    return result;
  },
}));

/** For each promise on transactions and on the life of a storage, a storage that breaks it. */
export const transactionSaboteurs: Readonly<Record<TransactionCaseId, Saboteur>> = {
  "transaction.commit": onWhole((inner) => ({
    transaction: async (run) => {
      const results: Awaited<ReturnType<typeof run>>[] = [];
      const undo = new TypeError("undo");
      await inner
        .transaction(async (tx) => {
          results.push(await run(tx));
          throw undo;
        })
        .catch((error: unknown) => {
          if (error !== undo) throw error;
        });
      return results[0] as Awaited<ReturnType<typeof run>>;
    },
  })),
  "transaction.rollback": onWhole((inner) => ({ transaction: (run) => run(inner) })),
  "transaction.own-writes": onWhole((inner) => ({
    transaction: (run) =>
      inner.transaction((tx) => run({ ...tx, resources: { ...tx.resources, find: inner.resources.find } })),
  })),
  "transaction.unseen": (storage) => {
    let current = storage;
    return {
      ...storage,
      get resources() {
        return { ...storage.resources, find: current.resources.find };
      },
      transaction: (run) =>
        storage.transaction(async (tx) => {
          current = tx;
          return run(tx).finally(() => {
            current = storage;
          });
        }),
    };
  },
  "transaction.failed-operation": reservesOnFailure,
  "transaction.nested": onWhole((inner) => ({
    transaction: (run) => inner.transaction((tx) => run({ ...tx, transaction: (nested) => nested(tx) })),
  })),
  "transaction.ended": onWhole((inner) => ({
    transaction: (run) => {
      let ended = false;
      const work = inner.transaction((tx) => run({ ...tx, resources: { ...tx.resources, insert: insertVia(tx) } }));
      const insertVia =
        (tx: Storage): Storage["resources"]["insert"] =>
        (...write) =>
          (ended ? inner : tx).resources.insert(...write);
      return work.finally(() => {
        ended = true;
      });
    },
  })),
  "transaction.serial": lastWriterWins,
  "transaction.conflict": lastWriterWins,
  "transaction.resources": (storage) => ({
    ...storage,
    resources: { ...storage.resources, transaction: (run) => run(storage.resources) },
  }),
  "storage.migrate-again": (storage) => {
    let current = storage;
    return {
      ...storage,
      get resources() {
        return current.resources;
      },
      migrate: async () => {
        current = memoryStorage();
      },
    };
  },
  "storage.closed": onWhole(() => ({ close: async () => undefined })),
};
