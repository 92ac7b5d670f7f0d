import type { StateStorage } from "../storage.ts";

/** How a thing becomes the JSON data of a record, and back. */
export interface Codec<T> {
  encode(value: T): Readonly<Record<string, unknown>>;
  /** @throws when the data is not such a thing */
  decode(data: Readonly<Record<string, unknown>>): T;
}

/** A `StateRecord` whose value has been read. */
export interface Entry<T> {
  readonly key: string;
  readonly value: T;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly dueAt?: number;
}

/** One collection of a `StateStorage`, typed. Its promises are those of `StateStorage`. */
export interface Repository<T> {
  get(key: string): Promise<Entry<T> | undefined>;
  getMany(keys: readonly string[]): Promise<Map<string, Entry<T>>>;
  /** @throws {PreconditionFailedError} when `expected` does not hold */
  put(key: string, value: T, options: Parameters<StateStorage["put"]>[3]): Promise<Entry<T>>;
  delete(key: string, expected?: string): Promise<boolean>;
  scan(range: Parameters<StateStorage["scan"]>[1]): Promise<Entry<T>[]>;
  due(before: number, take: number): Promise<Entry<T>[]>;
}

/** The collection as a repository. Make it over `tx.state` to work inside a transaction. */
export function repository<T>(state: StateStorage, collection: string, codec: Codec<T>): Repository<T> {
  const read = (record: Entry<Readonly<Record<string, unknown>>>): Entry<T> => ({
    ...record,
    value: codec.decode(record.value),
  });
  const getMany = async (keys: readonly string[]): Promise<Map<string, Entry<T>>> => {
    const records = await state.get(collection, keys);
    return new Map([...records].map(([key, record]) => [key, read(record)]));
  };
  return {
    getMany,
    get: async (key) => (await getMany([key])).get(key),
    put: async (key, value, options) => read(await state.put(collection, key, codec.encode(value), options)),
    delete: (key, expected) => state.delete(collection, key, expected),
    scan: async (range) => (await state.scan(collection, range)).map(read),
    due: async (before, take) => (await state.due(collection, before, take)).map(read),
  };
}
