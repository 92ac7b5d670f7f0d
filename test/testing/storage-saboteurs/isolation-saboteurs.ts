import type { StateStorage } from "../../../src/storage/state-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import type { StoredResource } from "../../../src/storage/stored-resource.ts";
import type { IsolationCaseId } from "../../../src/testing/storage/isolation-cases.ts";
import { onState, onWhole, type Saboteur } from "./altered-storage.ts";

type Write = () => Promise<unknown>;

/** Transactions that read what was committed and write all at their end: snapshots, and no look at what others did. */
const snapshots: Saboteur = onWhole((inner) => ({
  transaction: async (run) => {
    const writes: Write[] = [];
    const result = await run({
      ...inner,
      resources: {
        ...inner.resources,
        insert: async (partition, resource: StoredResource) => {
          writes.push(() => inner.resources.insert(partition, resource));
        },
      },
      state: { ...inner.state, put: laterPut(inner, writes) },
    });
    for (const write of writes) await write();
    return result;
  },
}));

function laterPut(inner: Storage, writes: Write[]): StateStorage["put"] {
  return async (...write) => {
    writes.push(() => inner.state.put(...write));
    const [, key, value] = write;
    return { key, value, version: "" };
  };
}

const noTransaction: Saboteur = onWhole((inner) => ({ transaction: (run) => run(inner) }));

/** For each promise on transactions beside each other, a storage that breaks it. */
export const isolationSaboteurs: Readonly<Record<IsolationCaseId, Saboteur>> = {
  "transaction.write-skew": snapshots,
  "transaction.phantom": snapshots,
  "transaction.repeatable": noTransaction,
  "transaction.failed-operations": onState((inner) => ({
    put: async (collection, key, value, options) => {
      try {
        return await inner.put(collection, key, value, options);
      } catch (error) {
        await inner.put(collection, key, value, { ...options, expected: undefined });
        throw error;
      }
    },
  })),
  "transaction.failed-commit": noTransaction,
};
