import type { StateStorage } from "../../../src/storage/state-storage.ts";
import type { MarkCaseId } from "../../../src/testing/storage/mark-cases.ts";
import { alteredStorage, onState, type Saboteur } from "./altered-storage.ts";

/** For each promise on finding state records again, a storage that breaks it. */
export const markSaboteurs: Readonly<Record<MarkCaseId, Saboteur>> = {
  "state.keys-exact": byKey((key) => key.trim()),
  "state.no-key": byKey((key) => key.toWellFormed()),
  "state.large": onState((inner) => ({
    get: (collection, keys) => inner.get(collection, keys.slice(0, 100)),
  })),
  "state.scan-steady": onState((inner) => {
    let skip = 0;
    return {
      scan: async (collection, { after, take }) => {
        skip = after === undefined ? 0 : skip + take;
        return (await inner.scan(collection, { take: skip + take })).slice(skip);
      },
    };
  }),
  "state.late-commit": onState((inner) => {
    let seen = 0;
    return {
      due: async (collection, before, take) => {
        const records = (await inner.due(collection, before, take)).filter((record) => (record.dueAt ?? 0) >= seen);
        for (const { dueAt = 0 } of records) seen = Math.max(seen, dueAt);
        return records;
      },
    };
  }),
  "state.version-undone": (storage) => {
    let version = 0;
    const put =
      (inner: StateStorage): StateStorage["put"] =>
      async (...write) => {
        version += 1;
        return { ...(await inner.put(...write)), version: String(version) };
      };
    const counting = alteredStorage(storage, { state: (inner) => ({ put: put(inner) }) });
    return {
      ...counting,
      transaction: async (run) => {
        const before = version;
        try {
          return await counting.transaction(run);
        } catch (error) {
          version = before;
          throw error;
        }
      },
    };
  },
};

/** A storage that takes keys for the same that become the same. */
function byKey(change: (key: string) => string): Saboteur {
  return onState((inner) => ({
    get: (collection, keys) => inner.get(collection, keys.map(change)),
    put: (collection, key, value, options) =>
      inner.put(collection, change(key), value, { ...options, expected: undefined }),
  }));
}
