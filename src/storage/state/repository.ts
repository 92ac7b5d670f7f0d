import { ScimError } from "../../errors/scim-error.ts";
import { endOfPrefix } from "../../values/utf8-order.ts";
import type { StateRecord, StateStorage } from "../state-storage.ts";
import type { Codec } from "./codec.ts";
import { ownerPrefix, splitOwnerKey } from "./owner-key.ts";

/** How many records `each` reads at a time. */
const PAGE = 500;

/** A kind of record: the collection that holds it, over all owners, and how its data are read. */
export interface RecordKind<T> {
  /** The name of the collection. */
  readonly collection: string;
  readonly codec: Codec<T>;
}

/** A record whose value has been read and checked. */
export interface Entry<T> {
  /** Without the owner. */
  readonly key: string;
  readonly value: T;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly dueAt?: number;
}

/** An entry of one of all owners. */
export interface OwnedEntry<T> extends Entry<T> {
  readonly owner: string;
}

/** Which entries of a repository, in UTF-8 order of their keys. */
export interface EntryRange {
  /** Only keys with this prefix. @default all of the owner's */
  readonly prefix?: string;
  /** Only keys after this one. */
  readonly after?: string;
  /** Only keys up to this one, inclusive. */
  readonly upTo?: string;
}

/** The records of one kind that one owner has. It behaves like `StateStorage`. */
export interface Repository<T> {
  get(key: string): Promise<Entry<T> | undefined>;
  /** The records that exist, by key. */
  getMany(keys: readonly string[]): Promise<Map<string, Entry<T>>>;
  /** @throws {PreconditionFailedError} when `expected` does not hold */
  put(
    key: string,
    value: T,
    options: { readonly expected: string | null | undefined; readonly dueAt?: number | undefined },
  ): Promise<Entry<T>>;
  /** True if the record existed and, with `expected`, had that version. */
  delete(key: string, expected?: string): Promise<boolean>;
  /** One page. */
  scan(range: EntryRange & { readonly take: number }): Promise<Entry<T>[]>;
  /** All of a range, read page by page. */
  each(range?: EntryRange): AsyncGenerator<Entry<T>, void, undefined>;
}

/**
 * A record in storage does not have the form that this version of the library writes: 500. The message names the
 * collection and the key, never data.
 */
export class RecordInvalidError extends ScimError {
  override readonly name: string = "RecordInvalidError";
  override readonly code = "SCIM_RECORD_INVALID";
}

/** The records of one owner. Make it over `tx.state` to work inside a transaction. */
export function repository<T>(state: StateStorage, kind: RecordKind<T>, owner: string): Repository<T> {
  const { collection, codec } = kind;
  const prefix = ownerPrefix(owner);
  const entryOf = (record: StateRecord): Entry<T> => readEntry(kind, record, record.key.slice(prefix.length));
  const getMany = async (keys: readonly string[]): Promise<Map<string, Entry<T>>> => {
    if (keys.length === 0) return new Map();
    const records = await state.get(
      collection,
      keys.map((key) => prefix + key),
    );
    return new Map([...records.values()].map((record) => entryOf(record)).map((entry) => [entry.key, entry]));
  };
  const scan = async (range: EntryRange & { readonly take: number }): Promise<Entry<T>[]> => {
    const from = prefix + (range.prefix ?? "");
    const after = range.after === undefined ? undefined : prefix + range.after;
    // The first key after `upTo`, since no key contains U+0000.
    const to = range.upTo === undefined ? endOfPrefix(from) : `${prefix}${range.upTo}\u0001`;
    return (await state.scan(collection, { from, to, after, take: range.take })).map(entryOf);
  };
  return {
    getMany,
    get: async (key) => (await getMany([key])).get(key),
    put: async (key, value, options) =>
      entryOf(await state.put(collection, prefix + key, codec.encode(value), options)),
    delete: (key, expected) => state.delete(collection, prefix + key, expected),
    scan,
    each: async function* (range = {}) {
      for (let after = range.after; ; ) {
        const entries = await scan({ ...range, after, take: PAGE });
        yield* entries;
        after = entries.at(-1)?.key;
        if (after === undefined || entries.length < PAGE) return;
      }
    },
  };
}

/** The due records of a kind. */
export interface DueEntries<T> {
  /** Of all owners, earliest first. */
  readonly entries: readonly OwnedEntry<T>[];
  /** Records that could not be read: one of them must not keep the others from being found. */
  readonly invalid: readonly RecordInvalidError[];
  /** Whether there were no further records. */
  readonly isAll: boolean;
}

/** Records of a kind that are due, of all owners, earliest first. */
export async function dueEntries<T>(
  state: StateStorage,
  kind: RecordKind<T>,
  query: { readonly before: number; readonly take: number },
): Promise<DueEntries<T>> {
  const records = await state.due(kind.collection, query.before, query.take);
  const entries: OwnedEntry<T>[] = [];
  const invalidRecords: RecordInvalidError[] = [];
  for (const record of records) {
    try {
      const split = splitOwnerKey(record.key);
      if (split === undefined) throw invalid(kind, record.key);
      entries.push({ ...readEntry(kind, record, split.key), owner: split.owner });
    } catch (error) {
      if (!(error instanceof RecordInvalidError)) throw error;
      invalidRecords.push(error);
    }
  }
  return { entries, invalid: invalidRecords, isAll: records.length < query.take };
}

function readEntry<T>(kind: RecordKind<T>, record: StateRecord, key: string): Entry<T> {
  const { version, dueAt } = record;
  try {
    return { key, value: kind.codec.decode(record.value), version, dueAt };
  } catch (cause) {
    throw invalid(kind, record.key, cause);
  }
}

function invalid<T>(kind: RecordKind<T>, key: string, cause?: unknown): RecordInvalidError {
  const detail = `The stored record ${key} of ${kind.collection} is not what this version of scimkit writes`;
  return new RecordInvalidError(detail, { cause });
}
