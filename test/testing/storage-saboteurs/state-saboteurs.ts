import { PreconditionFailedError } from "../../../src/errors/request-errors.ts";
import type { StateRecord, StateStorage } from "../../../src/storage/state-storage.ts";
import type { StateCaseId } from "../../../src/testing/storage/state-cases.ts";
import { mangled, onState, type Saboteur, yieldTurns } from "./altered-storage.ts";

type Put = StateStorage["put"];

/** For each promise on state records, a storage that breaks it. */
export const stateSaboteurs: Readonly<Record<StateCaseId, Saboteur>> = {
  "state.put": onPut(
    (inner) =>
      (collection, key, value, { expected, dueAt }) =>
        inner.put(collection, key, value, { expected, dueAt: dueAt === undefined ? undefined : Math.floor(dueAt) }),
  ),
  "state.absent": onState((inner) => ({
    get: async (collection, keys) => {
      const found = await inner.get(collection, keys);
      return new Map(keys.map((key) => [key, found.get(key) ?? { key, value: {}, version: "" }]));
    },
  })),
  "state.expect-null": onPut(
    (inner) => (collection, key, value, options) =>
      inner.put(collection, key, value, { ...options, expected: options.expected ?? undefined }),
  ),
  "state.expect-version": onPut(
    (inner) => (collection, key, value, options) =>
      inner.put(collection, key, value, { ...options, expected: options.expected === null ? null : undefined }),
  ),
  "state.expect-nothing": onPut(
    (inner) => (collection, key, value, options) =>
      inner.put(collection, key, value, { ...options, expected: options.expected ?? null }),
  ),
  "state.fresh-versions": onPut((inner) => async (collection, key, value, options) => ({
    ...(await inner.put(collection, key, value, options)),
    version: JSON.stringify(value),
  })),
  "state.race": onPut((inner) => async (collection, key, value, options) => {
    const before = (await inner.get(collection, [key])).get(key);
    const isExpected = options.expected === undefined || options.expected === (before?.version ?? null);
    if (!isExpected) throw new PreconditionFailedError();
    await yieldTurns();
    return inner.put(collection, key, value, { ...options, expected: undefined });
  }),
  "state.delete": onState((inner) => ({
    delete: async (collection, key, expected) => {
      await inner.delete(collection, key, expected);
      return true;
    },
  })),
  "state.scan-order": onState((inner) => ({
    scan: async (collection, range) => {
      const records = await inner.scan(collection, range);
      return records.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    },
  })),
  "state.scan-range": onState((inner) => ({
    scan: (collection, { after, ...range }) => inner.scan(collection, { ...range, from: after ?? range.from }),
  })),
  "state.due": onState((inner) => ({
    due: async (collection, before, take) => {
      const records = await inner.due(collection, before, take);
      return records.filter((record) => (record.dueAt ?? 0) < before);
    },
  })),
  "state.due-changes": onPut((inner) => async (collection, key, value, { expected, dueAt }) => {
    const before = (await inner.get(collection, [key])).get(key);
    return inner.put(collection, key, value, { expected, dueAt: dueAt ?? before?.dueAt });
  }),
  "state.collections-apart": onState((inner) => ({
    put: (_collection, key, value, options) => inner.put("all", key, value, options),
    get: (_collection, keys) => inner.get("all", keys),
    delete: (_collection, key, expected) => inner.delete("all", key, expected),
  })),
  "state.json-data": onPut(
    (inner) => (collection, key, value, options) => inner.put(collection, key, mangled(value), options),
  ),
  "state.given-not-kept": onPut((inner) => async (collection, key, value, options) => {
    await undefined;
    return inner.put(collection, key, value, options);
  }),
  "state.kept-not-given": onState((inner) => {
    const kept = new Map<string, StateRecord>();
    return {
      get: async (collection, keys) => {
        for (const [key, record] of await inner.get(collection, keys)) {
          if (!kept.has(key)) kept.set(key, structuredClone(record));
        }
        return kept;
      },
    };
  }),
};

function onPut(put: (inner: StateStorage) => Put): Saboteur {
  return onState((inner) => ({ put: put(inner) }));
}
