/** A record of a `StateStorage`. */
export interface StateRecord {
  /** Well-formed Unicode without U+0000. */
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Opaque; changes with every `put`, and is never used again for a key, not even after a deletion. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly dueAt?: number;
}

/**
 * Records with compare-and-swap in named collections. Tokens, intents, links, runs and the rest are repositories over
 * it, so that a driver stays small.
 */
export interface StateStorage {
  /** The records that exist, by key. */
  get(collection: string, keys: readonly string[]): Promise<Map<string, StateRecord>>;

  /**
   * Writes a record. `expected`: a version, or null (must not exist), or undefined (overwrites any). Without `dueAt`
   * the record is never due, also if it was due before.
   *
   * @throws {PreconditionFailedError} when `expected` does not hold
   */
  put(
    collection: string,
    key: string,
    value: Readonly<Record<string, unknown>>,
    options: { readonly expected: string | null | undefined; readonly dueAt?: number },
  ): Promise<StateRecord>;

  /** True if the record existed and, with `expected`, had that version. Otherwise nothing happens. */
  delete(collection: string, key: string, expected?: string): Promise<boolean>;

  /** Records in binary order of their keys (UTF-8): `from` inclusive, `to` exclusive, beginning after `after`. */
  scan(
    collection: string,
    range: { readonly from?: string; readonly to?: string; readonly after?: string; readonly take: number },
  ): Promise<StateRecord[]>;

  /**
   * At most `take` records whose `dueAt` is at or before `before`, earliest first, and by key where it is the same. The
   * storage has no clock: `before` is the caller's time, and a record stays due until it is written or deleted.
   */
  due(collection: string, before: number, take: number): Promise<StateRecord[]>;
}
