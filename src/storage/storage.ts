import type { ResolvedFilter } from "../filter/resolved.ts";
import type { ResolvedPath } from "../schema/attributes/definition.ts";
import type { Work } from "../work/work.ts";

/** The resources of one type of one tenant. Ids, unique values, filters and counts apply within a partition only. */
export interface Partition {
  /**
   * The tenant of the principal; for a source its own immutable id, not its slug. Well-formed Unicode without U+0000:
   * our drivers throw a `TypeError` for anything else, since databases would confuse tenants that differ only in lone
   * surrogates.
   */
  readonly tenant: string;
  /** The resource type's name, such as `User`. */
  readonly type: string;
}

/** A value that must be unique within its partition. */
export interface UniqueValue {
  /** The attribute's name, as an error should show it. */
  readonly attribute: string;
  /**
   * The value in the form in which it is compared: unchanged if `caseExact`, otherwise folded by `foldString`. There is
   * one for every value of an attribute whose `uniqueness` is not `none`, so a driver may use it for `eq`.
   */
  readonly key: string;
}

/** What a driver stores: plain JSON data. A driver copies its arguments and its results. */
export interface StoredResource {
  /** Unique in the tenant, over all types, which the caller ensures. Well-formed Unicode without U+0000. */
  readonly id: string;
  /** Opaque; changes with every effective change. */
  readonly version: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly created: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly lastModified: string;
  /**
   * The resource without `id` and `meta`, and, if the driver has `members`, without a group's `members` and a user's
   * `groups`; never a password.
   */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly unique: readonly UniqueValue[];
}

/** What a driver does itself. For the rest there is a slower fallback above the driver, or the request is rejected. */
export interface StorageCapabilities {
  /**
   * Whether `list` supports this filter exactly. If not, `list` never receives it: resources are filtered above the
   * driver.
   */
  filter(filter: ResolvedFilter): boolean;
  /**
   * Whether `list` orders by this path as `Sort` says, with `next`, `after` and `skip`. If not, `list` never receives
   * it: `listResources` sorts above the driver.
   */
  sort(path: ResolvedPath): boolean;
  /**
   * Whether `Page.next` and `ListQuery.after` work: pages neither repeat nor skip a resource that exists during the
   * whole listing.
   */
  readonly cursor: boolean;
  /** Whether `list` supports `order: "id"`. Needed to read a source as a directory. @default false */
  readonly idOrder?: boolean;
  /** Whether `insert` and `replace` enforce `unique` under parallel writers. Required by everything that writes. */
  readonly uniqueness: boolean;
  /** Whether the driver has `members`. */
  readonly members: boolean;
  /**
   * Whether `members.change` also finds a member to remove by an id in another case, as filters compare ids.
   * @default false
   */
  readonly foldedMembers?: boolean;
  /** Whether the driver has `transaction`. */
  readonly transactions: boolean;
}

/**
 * The order of a listing (RFC 7644 section 3.4.2.3). Without it: by `created`, then `id`.
 *
 * Values are ordered as filters compare them: strings folded unless `caseExact`, by code points (UTF-8); dateTimes as
 * instants; false before true. A complex attribute is ordered by its `value`; of several values the primary one counts,
 * otherwise the first. Resources without a value come last in ascending and first in descending order. Resources with
 * the same value are ordered by id, in ascending binary order.
 */
export interface Sort {
  readonly path: ResolvedPath;
  readonly order: "ascending" | "descending";
}

/** A query of `ResourceStorage.list`. */
export interface ListQuery {
  /** Only a filter for which `capabilities.filter` returned true. */
  readonly filter?: ResolvedFilter;
  /** Only a sort for which `capabilities.sort` returned true. */
  readonly sort?: Sort;
  /**
   * `id`, only if `capabilities.idOrder` is true and without `sort`: in binary order of ids (UTF-8). Then `after` is an
   * id, which need not exist, and `Page.next` is the last id of the page. @default by `created`, then `id`
   */
  readonly order?: "created" | "id";
  /**
   * `Page.next` of the previous page, for the same filter, sort and order. For any other text `list` throws an
   * `InvalidValueError`.
   */
  readonly after?: string;
  /** How many matches to skip, from 0. Not together with `after`. */
  readonly skip?: number;
  /** The most resources to return; 0 is allowed. */
  readonly take: number;
  /** Whether `Page.total` is wanted. */
  readonly count?: boolean;
  /** Top-level attributes to leave out of `attributes`. No others may be left out. */
  readonly omit?: readonly string[];
  /**
   * What the request may still cost. A driver that scans charges it for rows and comparisons, and stops when its
   * `signal` aborts. A driver may ignore it. @default unlimited
   */
  readonly work?: Work;
}

/** A page of a listing. */
export interface Page {
  readonly resources: readonly StoredResource[];
  /** Where the next page begins; absent exactly when there is none, and if `take` was 0. */
  readonly next?: string;
  /** The number of matches over all pages, if `count` asked for it. */
  readonly total?: number;
}

/** Options of `transaction`. A storage may ignore them. */
export interface TransactionOptions {
  /** The tenant for which the transaction runs: tenants take turns. @default none */
  readonly tenant?: string;
  /** A transaction whose signal aborts before it begins is not run; the call throws a `DisconnectedError`. */
  readonly signal?: AbortSignal | undefined;
}

/** Where SCIM resources live. Five required methods: an application can implement them over its own tables. */
export interface ResourceStorage {
  readonly capabilities: StorageCapabilities;

  /** Stores a new resource. @throws {UniquenessError} when its id or a unique value is taken */
  insert(partition: Partition, resource: StoredResource): Promise<void>;

  /**
   * The resource, or `undefined` if it does not exist. An outage throws. `omit` as in `ListQuery`. A driver may charge
   * `work` for the bytes that it reads.
   */
  find(
    partition: Partition,
    id: string,
    options?: { readonly omit?: readonly string[]; readonly work?: Work },
  ): Promise<StoredResource | undefined>;

  /**
   * Replaces the resource only if it is still at `expectedVersion`. Of two callers with the same version exactly one
   * succeeds. `created` keeps its first value.
   *
   * @throws {PreconditionFailedError} when it is at another version, or does not exist
   * @throws {UniquenessError} when a unique value is taken by another resource
   */
  replace(partition: Partition, resource: StoredResource, expectedVersion: string): Promise<void>;

  /**
   * Checks, without writing, whether `insert` or `replace` of a resource with this id would find its unique values
   * free. A source with a directory needs it; a `Storage` has it, inside its transactions too.
   *
   * @throws {UniquenessError} when a unique value is taken by another resource
   */
  checkUnique?(partition: Partition, resource: Pick<StoredResource, "id" | "unique">): Promise<void>;

  /**
   * True if the resource existed. If the driver has `members`, its memberships are removed too: its own members, and
   * its places in groups of the tenant. These groups keep their version and `lastModified`, since nobody wrote to them.
   *
   * @throws {PreconditionFailedError} when `expectedVersion` is given and it is at another version
   */
  remove(partition: Partition, id: string, expectedVersion?: string): Promise<boolean>;

  /** A page, ordered by `created`, then `id`, both in binary order (UTF-8), unless the query says otherwise. */
  list(partition: Partition, query: ListQuery): Promise<Page>;

  readonly members?: MemberStorage;

  /**
   * Runs `run` so that everything it writes through `tx` is stored, or nothing. Without this method a request that
   * needs two writes is rejected with 501. Not nested.
   */
  transaction?<T>(run: (tx: ResourceStorage) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

/** A member of a group. */
export interface MemberRef {
  /** The id of a resource of the same tenant. */
  readonly value: string;
  /** The name of its resource type, such as `User` or `Group`. */
  readonly type: string;
  /** The label the client gave it, if any. */
  readonly display?: string;
}

/** A member to add. */
export interface NewMember {
  /** The id of a resource of the same tenant. */
  readonly value: string;
  /** The name of its resource type, if the client sent it. Otherwise the driver finds it. */
  readonly type?: string;
  readonly display?: string;
}

/** A change of memberships. */
export interface MemberChange {
  /**
   * Members to add. One that is a member already changes nothing, not even its label, also under `unknown: "reject"`.
   */
  readonly add: readonly NewMember[];
  /**
   * Ids to remove. No id is in both lists. An id that is not a member changes nothing; with
   * `capabilities.foldedMembers`, it means the one member whose id is equal when both are folded, unless that is in
   * `add`.
   */
  readonly remove: readonly string[];
  readonly expectedVersion?: string;
  /** The group's new version and date, if anything changes. */
  readonly next: { readonly version: string; readonly lastModified: string };
  /**
   * What to do with a member that is not a resource of the tenant. `reject`: nothing at all is written. `accept`: the
   * member is added, as a `User` if it has no `type`.
   */
  readonly unknown: "reject" | "accept";
  /** What the request may still cost. A driver may charge it for the groups above that it reads. @default unlimited */
  readonly work?: Work;
}

/** The result of a change of memberships. */
export interface MemberOutcome {
  /** The members that are new, with the types that the driver found. */
  readonly added: readonly MemberRef[];
  /** The ids that were members before. */
  readonly removed: readonly string[];
  /**
   * The members to add that are unknown, under `unknown: "reject"`, or a resource of another type than their `type` says.
   * If there are any, nothing was written.
   */
  readonly unknown: readonly string[];
  /**
   * The members to add that would make the group a member of itself, directly or not. If there are any, nothing was
   * written.
   */
  readonly cyclic: readonly string[];
  /**
   * Of the unknown members those that are resources of another type than their `type` says, with the type that was
   * found.
   */
  readonly mistyped?: readonly MemberRef[];
  /** The ids to remove that are several members when folded. If there are any, nothing was written. */
  readonly ambiguous?: readonly string[];
  /** The group's version now. */
  readonly version: string;
}

/** A page of a group's members, in binary order of their values (UTF-8). */
export interface MemberPage {
  readonly members: readonly MemberRef[];
  /** The last value of the page, which is the `after` of the next one; absent exactly when there is no next page. */
  readonly next?: string;
}

/** A group that a user or group belongs to. */
export interface GroupRef {
  readonly value: string;
  /** The group's displayName. */
  readonly display?: string;
  readonly type: "direct" | "indirect";
}

/**
 * Memberships as rows of their own. A membership change gives the group a new version and leaves its users' versions
 * alone. A change without effect keeps the version. The cost grows with the change, never with the group.
 */
export interface MemberStorage {
  /** The members after `after`, a value that need not exist; none if the group does not exist. */
  page(
    partition: Partition,
    groupId: string,
    query: { readonly after?: string; readonly take: number },
  ): Promise<MemberPage>;

  /**
   * Adds and removes members, all or nothing, also outside of a transaction. It rejects cycles among the memberships
   * that it sees. Two parallel writers can still create one, so code that follows memberships must handle cycles.
   *
   * @throws {NotFoundError} when the group does not exist
   * @throws {InvalidValueError} when a member's value cannot be an id
   * @throws {PreconditionFailedError} when `expectedVersion` is given and it is at another version
   */
  change(partition: Partition, groupId: string, change: MemberChange): Promise<MemberOutcome>;

  /**
   * What `change` would return, without writing. A group that does not exist counts as a new one, without members. A
   * source with a directory needs it; a `Storage` has it, inside its transactions too.
   *
   * @throws {InvalidValueError} when a member's value cannot be an id
   * @throws {PreconditionFailedError} when `expectedVersion` is given and the group is at another version, or does not
   * exist
   */
  preview?(partition: Partition, groupId: string, change: MemberChange): Promise<MemberOutcome>;

  /**
   * The groups of many resources at once; a resource without groups may be missing from the map. Groups that have one
   * of these groups as a member are `indirect`. Each group is returned once, and cycles are handled. Filters on
   * `groups` see the same groups. A driver may charge `work` for the memberships that it reads.
   */
  groupsOf(
    tenant: string,
    ids: readonly string[],
    options?: { readonly work?: Work },
  ): Promise<Map<string, GroupRef[]>>;
}

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

/** Everything that the library stores. */
export interface Storage {
  readonly resources: ResourceStorage;
  readonly state: StateStorage;

  /**
   * Runs `run` so that everything it writes through `tx` is stored, or nothing. Transactions behave as if they ran one
   * after the other. Not nested. `run` may be called again after a serialisation failure, so it must do no other I/O,
   * and use `tx` alone: a write through the storage itself may wait for the transaction to end, and so forever. An
   * operation that fails and is caught has no effect, and the rest can be committed. `tx` cannot be used after the end.
   */
  transaction<T>(run: (tx: Storage) => Promise<T>, options?: TransactionOptions): Promise<T>;

  /**
   * Calls `callback` once, after the running transaction has committed, and not at all if it is rolled back. Callbacks
   * are called in the order they were added. Only the storage that `transaction` gives to `run` has this method, and
   * always: a storage that joined a transaction of the application does not know when that commits. An error that a
   * callback throws is ignored, since the transaction is already committed.
   */
  afterCommit?(callback: () => void): void;

  /**
   * The connection on which a transaction of this storage runs, so that an application can write to its own tables in
   * the same transaction. `tx` is what `transaction` gives to `run`. A source needs it for `delivery: "joined"`. A
   * storage that has no database of its own does not have it.
   *
   * @throws {TypeError} when `tx` is not a transaction of this storage
   */
  connectionOf?(tx: Storage | undefined): unknown;

  /**
   * Creates missing tables. Idempotent; safe when several processes start at once. A driver may also do this on first
   * use.
   *
   * @throws {UnavailableError} when the tables have a layout that this release does not know
   */
  migrate(): Promise<void>;

  /** Finishes running operations, then closes its files and connections. Later calls fail, except `close` itself. */
  close(): Promise<void>;
}
