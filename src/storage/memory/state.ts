import { PreconditionFailedError } from "../../errors/request-errors.ts";
import type { StateRecord, StateStorage } from "../state-storage.ts";
import type { Change, Tables } from "./tables.ts";

/** `StateStorage.put` on tables. */
export function putRecord(
  tables: Tables,
  collection: string,
  record: StateRecord,
  expected: string | null | undefined,
): Change<StateRecord> {
  const before = tables.state.get([collection, record.key]);
  if (expected !== undefined && (before?.version ?? null) !== expected) {
    throw new PreconditionFailedError(undefined, { expected: expected ?? undefined, actual: before?.version });
  }
  let due = before === undefined ? tables.due : withoutDue(tables, collection, before);
  if (record.dueAt !== undefined) due = due.set([collection, record.dueAt, record.key], record);
  return {
    tables: { ...tables, due, state: tables.state.set([collection, record.key], record) },
    result: record,
  };
}

/** `StateStorage.delete` on tables. */
export function deleteRecord(
  tables: Tables,
  collection: string,
  key: string,
  expected: string | undefined,
): Change<boolean> {
  const before = tables.state.get([collection, key]);
  if (before === undefined || (expected !== undefined && before.version !== expected)) {
    return { tables, result: false };
  }
  return {
    tables: {
      ...tables,
      due: withoutDue(tables, collection, before),
      state: tables.state.delete([collection, key]),
    },
    result: true,
  };
}

function withoutDue(tables: Tables, collection: string, record: StateRecord): Tables["due"] {
  return record.dueAt === undefined ? tables.due : tables.due.delete([collection, record.dueAt, record.key]);
}

/** `StateStorage.get` on tables. */
export function getRecords(tables: Tables, collection: string, keys: readonly string[]): Map<string, StateRecord> {
  const found = new Map<string, StateRecord>();
  for (const key of keys) {
    const record = tables.state.get([collection, key]);
    if (record !== undefined) found.set(key, record);
  }
  return found;
}

/** `StateStorage.scan` on tables. */
export function scanRecords(
  tables: Tables,
  collection: string,
  range: Parameters<StateStorage["scan"]>[1],
): StateRecord[] {
  const found: StateRecord[] = [];
  const { state } = tables;
  const start = Math.max(
    range.from === undefined ? 0 : state.rank([collection, range.from]) - state.rank([collection]),
    range.after === undefined ? 0 : state.rankBehind([collection, range.after]) - state.rank([collection]),
  );
  const end =
    range.to === undefined ? Number.POSITIVE_INFINITY : state.rank([collection, range.to]) - state.rank([collection]);
  const take = Math.min(range.take, end - start);
  if (take <= 0) return found;
  for (const [, record] of state.entries([collection], { skip: start })) {
    if (found.push(record) >= take) break;
  }
  return found;
}

/** `StateStorage.due` on tables. */
export function dueRecords(tables: Tables, collection: string, before: number, take: number): StateRecord[] {
  const found: StateRecord[] = [];
  if (take <= 0) return found;
  for (const [, record] of tables.due.entries([collection])) {
    if (record.dueAt === undefined || record.dueAt > before) break;
    if (found.push(record) >= take) break;
  }
  return found;
}
