import { PreconditionFailedError } from "../../errors/request-errors.ts";
import { createSerialQueue } from "../../timing/serial-queue.ts";
import { frozenJson } from "../../values/frozen-json.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import { createTransactionScope } from "../driver/transaction-scope.ts";
import type { ResourceStorage } from "../resource-storage.ts";
import type { StateRecord, StateStorage } from "../state-storage.ts";
import type { Storage } from "../storage.ts";
import { SortedMap } from "./sorted-map.ts";

type Range = Parameters<StateStorage["scan"]>[1];

/** What was written over the storage below: a record, or null for one that was deleted. By collection and key. */
type Written = SortedMap<StateRecord | null>;

/** Access to the written records; a transaction has its own. */
interface Access {
  read(): Written;
  write<T>(change: (written: Written) => Promise<{ readonly written: Written; readonly result: T }>): Promise<T>;
}

/**
 * A storage over another one that writes nothing to it: written records are kept in memory and hide those of the other.
 * It is used to find out what would happen. Resources can only be read.
 */
export function overlayStorage(below: Storage): Storage {
  let committed: Written = new SortedMap();
  let version = 0;
  const queue = createSerialQueue();
  const nextVersion = (): string => {
    version += 1;
    return `overlay-${version}`;
  };
  const access: Access = {
    read: () => committed,
    write: (change) =>
      queue(async () => {
        const { written, result } = await change(committed);
        committed = written;
        return result;
      }),
  };
  const resources = readOnly(below.resources);
  const over = (within: Access, whole: Pick<Storage, "transaction" | "migrate" | "close">): Storage => ({
    resources,
    state: stateOver(below.state, within, nextVersion),
    ...whole,
  });
  return over(access, {
    transaction: (run) =>
      queue(async () => {
        const scope = createTransactionScope();
        const own = { written: committed };
        const within: Access = {
          read: () => own.written,
          write: async (change) => {
            scope.assertRunning();
            const { written, result } = await change(own.written);
            own.written = written;
            return result;
          },
        };
        const result = await scope.run(() => run(over(within, scope.refusals)));
        committed = own.written;
        return result;
      }),
    migrate: async () => {},
    close: async () => {},
  });
}

function readOnly(resources: ResourceStorage): ResourceStorage {
  const refuse = async (): Promise<never> => {
    throw new TypeError("An overlay cannot write resources");
  };
  const { capabilities } = resources;
  return {
    capabilities: { ...capabilities, members: false, transactions: false },
    find: (partition, id, options) => resources.find(partition, id, options),
    list: (partition, query) => resources.list(partition, query),
    insert: refuse,
    replace: refuse,
    remove: refuse,
  };
}

function stateOver(below: StateStorage, access: Access, nextVersion: () => string): StateStorage {
  return {
    get: (collection, keys) => getOver(below, access.read(), collection, keys),
    put: (collection, key, value, { expected, dueAt }) =>
      access.write(async (written) => {
        const before = (await getOver(below, written, collection, [key])).get(key);
        requireVersion(before, expected);
        const record: StateRecord = Object.freeze({ key, value: frozenJson(value), version: nextVersion(), dueAt });
        return { written: written.set([collection, key], record), result: record };
      }),
    delete: (collection, key, expected) =>
      access.write(async (written) => {
        const before = (await getOver(below, written, collection, [key])).get(key);
        const isThere = before !== undefined && (expected === undefined || before.version === expected);
        return { written: isThere ? written.set([collection, key], null) : written, result: isThere };
      }),
    scan: (collection, range) => scanOver(below, access.read(), collection, range),
    due: (collection, before, take) => dueOver(below, access.read(), collection, { before, take }),
  };
}

function requireVersion(before: StateRecord | undefined, expected: string | null | undefined): void {
  if (expected === undefined || (before?.version ?? null) === expected) return;
  throw new PreconditionFailedError(undefined, { expected: expected ?? undefined, actual: before?.version });
}

async function getOver(
  below: StateStorage,
  written: Written,
  collection: string,
  keys: readonly string[],
): Promise<Map<string, StateRecord>> {
  const unwritten = keys.filter((key) => written.get([collection, key]) === undefined);
  const found = unwritten.length === 0 ? new Map() : await below.get(collection, unwritten);
  const records = new Map<string, StateRecord>();
  for (const key of keys) {
    const record = written.get([collection, key]) ?? found.get(key);
    if (record !== undefined && written.get([collection, key]) !== null) records.set(key, record);
  }
  return records;
}

/** Merges page by page: written records up to the end of the page below belong to it. */
async function scanOver(
  below: StateStorage,
  written: Written,
  collection: string,
  range: Range,
): Promise<StateRecord[]> {
  const found: StateRecord[] = [];
  for (let after = range.after; found.length < range.take; ) {
    const take = range.take - found.length;
    const page = await below.scan(collection, { ...range, after, take });
    const isLast = page.length < take;
    const end = isLast ? undefined : page.at(-1)?.key;
    const records = page.filter(({ key }) => written.get([collection, key]) === undefined);
    const over = writtenWithin(written, collection, { ...range, after }, end);
    const merged = [...records, ...over].sort((left, right) => compareUtf8(left.key, right.key));
    found.push(...merged.slice(0, take));
    if (isLast) break;
    // The records that did not fit are read again, after the last one that did.
    after = merged.length > take ? found.at(-1)?.key : end;
  }
  return found;
}

function writtenWithin(written: Written, collection: string, range: Omit<Range, "take">, end?: string): StateRecord[] {
  const found: StateRecord[] = [];
  const { from, to, after } = range;
  const isBefore = after === undefined || (from !== undefined && compareUtf8(after, from) < 0);
  const start = isBefore ? undefined : after;
  const first = start ?? from;
  const entries = written.entries([collection], { after: first === undefined ? undefined : [collection, first] });
  const atFrom = start === undefined && from !== undefined ? written.get([collection, from]) : undefined;
  if (atFrom !== undefined && atFrom !== null && isWithin(atFrom.key, to, end)) found.push(atFrom);
  for (const [[, key], record] of entries) {
    if (!isWithin(String(key), to, end)) break;
    if (record !== null) found.push(record);
  }
  return found;
}

function isWithin(key: string, to: string | undefined, end: string | undefined): boolean {
  return (to === undefined || compareUtf8(key, to) < 0) && (end === undefined || compareUtf8(key, end) <= 0);
}

async function dueOver(
  below: StateStorage,
  written: Written,
  collection: string,
  query: { readonly before: number; readonly take: number },
): Promise<StateRecord[]> {
  const shadowed = written.count([collection]);
  const records = await below.due(collection, query.before, query.take + shadowed);
  const over = writtenWithin(written, collection, {}).filter(
    ({ dueAt }) => dueAt !== undefined && dueAt <= query.before,
  );
  return [...records.filter(({ key }) => written.get([collection, key]) === undefined), ...over]
    .sort((left, right) => (left.dueAt ?? 0) - (right.dueAt ?? 0) || compareUtf8(left.key, right.key))
    .slice(0, query.take);
}
