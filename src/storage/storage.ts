import type { ResolvedFilter } from "../filter/resolved.ts";
import type { ResolvedPath } from "../schema/attributes/definition.ts";

/** Which resources: one tenant's, of one type. Ids, unique values, filters and counts never reach beyond it. */
export interface Partition {
  /**
   * The tenant of the principal; for a source its own immutable id, not its slug. Well-formed Unicode without U+0000: our
   * drivers refuse all else with a `TypeError`, since databases would mix up tenants that differ in lone surrogates alone.
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
   * The value as it is compared: as it is where `caseExact`, else through `foldString`. The caller gives one for every
   * value of an attribute whose `uniqueness` is not `none`, so that a driver may answer `eq` from it.
   */
  readonly key: string;
}

/** What a driver stores. Plain JSON data; a driver neither keeps a reference to what it was given nor gives one away to what it keeps. */
export interface StoredResource {
  /** Unique in the tenant, over all types; the caller sees to that. Well-formed Unicode without U+0000. */
  readonly id: string;
  /** Opaque; changes with every effective change. */
  readonly version: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly created: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly lastModified: string;
  /**
   * The resource without `id` and `meta`, and, where the driver has `members`, without a group's `members` and a user's
   * `groups`; never a password.
   */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly unique: readonly UniqueValue[];
}

/** What a driver does itself. The rest is made up for or refused, never faked. */
export interface StorageCapabilities {
  /** Whether `list` answers this filter exactly. Where not, it is never given it: resources are filtered above. */
  filter(filter: ResolvedFilter): boolean;
  /**
   * Whether `list` orders by this path as `Sort` says, with `next`, `after` and `skip`. Where not, it is never asked to:
   * `listResources` sorts above it.
   */
  sort(path: ResolvedPath): boolean;
  /** Whether `Page.next` and `ListQuery.after` work: pages that neither repeat nor skip a resource that stood throughout. */
  readonly cursor: boolean;
  /** Whether `list` does `order: "id"`. Needed by whoever reads a source as a directory. @default false */
  readonly idOrder?: boolean;
  /** Whether `insert` and `replace` enforce `unique` under parallel writers. Required by everything that writes. */
  readonly uniqueness: boolean;
  /** Whether `members` is there. */
  readonly members: boolean;
  /** Whether `transaction` is there. */
  readonly transactions: boolean;
}

/**
 * In which order a listing comes (RFC 7644 section 3.4.2.3). Without it: by `created`, then `id`.
 *
 * Values are ordered as filters compare them: strings folded unless `caseExact`, by code points (UTF-8); dateTimes as
 * instants; false before true. A complex attribute goes by its `value`; of several values the primary one counts, else the
 * first. Resources without a value come last in ascending and first in descending order, those with the same by id, in
 * ascending binary order.
 */
export interface Sort {
  readonly path: ResolvedPath;
  readonly order: "ascending" | "descending";
}

/** What `ResourceStorage.list` is asked. */
export interface ListQuery {
  /** Only what `capabilities.filter` agreed to. */
  readonly filter?: ResolvedFilter;
  /** Only what `capabilities.sort` agreed to. */
  readonly sort?: Sort;
  /**
   * `id`, only where `capabilities.idOrder` is true and without `sort`: in binary order of ids (UTF-8). Then `after` is an
   * id, which need not be there, and `Page.next` is the last id of the page. @default by `created`, then `id`
   */
  readonly order?: "created" | "id";
  /** `Page.next` of the page before, for the same filter, sort and order. @throws {InvalidValueError} from `list`, for any other text */
  readonly after?: string;
  /** How many matches to leave out, from 0. Not together with `after`. */
  readonly skip?: number;
  /** Most resources to return; 0 is allowed. */
  readonly take: number;
  /** Whether `Page.total` is wanted. */
  readonly count?: boolean;
  /** Top-level attributes to leave out of `attributes`, and no others. */
  readonly omit?: readonly string[];
}

/** A page of a listing. */
export interface Page {
  readonly resources: readonly StoredResource[];
  /** Where the next page begins; absent exactly when there is none, and where `take` was 0. */
  readonly next?: string;
  /** All matches, over all pages; there if it was asked for. */
  readonly total?: number;
}

/** Where SCIM resources live. Five required methods: an application can implement them over its own tables. */
export interface ResourceStorage {
  readonly capabilities: StorageCapabilities;

  /** Stores a new resource. @throws {UniquenessError} when its id or a unique value is taken */
  insert(partition: Partition, resource: StoredResource): Promise<void>;

  /** The resource, or `undefined`: absence is an answer here, never an error. An outage throws. `omit` as in `ListQuery`. */
  find(
    partition: Partition,
    id: string,
    options?: { readonly omit?: readonly string[] },
  ): Promise<StoredResource | undefined>;

  /**
   * Replaces the resource only if it is still at `expectedVersion`. Of two callers holding the same version exactly one
   * succeeds. `created` stays as it was stored first.
   *
   * @throws {PreconditionFailedError} when it is at another version, or gone
   * @throws {UniquenessError} when a unique value is taken by another resource
   */
  replace(partition: Partition, resource: StoredResource, expectedVersion: string): Promise<void>;

  /**
   * Whether `insert`, or `replace`, of a resource with this id would find its unique values free, without writing. Needed
   * by a source with a directory of its own; there inside the transactions of a `Storage`.
   *
   * @throws {UniquenessError} when a unique value is taken by another resource
   */
  checkUnique?(partition: Partition, resource: Pick<StoredResource, "id" | "unique">): Promise<void>;

  /**
   * True if it was there. Where the driver has `members`, memberships go with it: those it has as a group, and those it
   * holds in groups of the tenant.
   * Such groups keep their version and `lastModified`, since nobody wrote to them.
   *
   * @throws {PreconditionFailedError} when `expectedVersion` is given and it is at another version
   */
  remove(partition: Partition, id: string, expectedVersion?: string): Promise<boolean>;

  /** A page, ordered by `created`, then `id`, both in binary order (UTF-8), unless the query says otherwise. */
  list(partition: Partition, query: ListQuery): Promise<Page>;

  readonly members?: MemberStorage;

  /**
   * Runs `run` so that all it writes through `tx` is there or none of it. Without it, a request that needs two writes is
   * refused with 501. Not nested.
   */
  transaction?<T>(run: (tx: ResourceStorage) => Promise<T>): Promise<T>;
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
  /** The name of its resource type, where the client said it; else the driver finds it. */
  readonly type?: string;
  readonly display?: string;
}

/** A change of memberships. */
export interface MemberChange {
  /** Members to add; one that is there already changes nothing, not even its label or under `unknown: "reject"`. */
  readonly add: readonly NewMember[];
  /** Ids to remove; one that is not there changes nothing. Disjoint from `add`. */
  readonly remove: readonly string[];
  readonly expectedVersion?: string;
  /** What the group gets if anything changes. */
  readonly next: { readonly version: string; readonly lastModified: string };
  /**
   * What becomes of a member that is no resource of the tenant, or one of another type than its own `type` says. `reject`:
   * nothing at all is written. `accept`: it is added, as a `User` where it has no `type`.
   */
  readonly unknown: "reject" | "accept";
}

/** What a change of memberships did. */
export interface MemberOutcome {
  /** Those that were not there before, with the types that were found. */
  readonly added: readonly MemberRef[];
  /** Those that were there before. */
  readonly removed: readonly string[];
  /** Members to add that are unknown, under `unknown: "reject"`; then nothing was written. */
  readonly unknown: readonly string[];
  /** Members to add that would make the group a member of itself, directly or through others; then nothing was written. */
  readonly cyclic: readonly string[];
  /** The group's version now. */
  readonly version: string;
}

/** A page of a group's members, in binary order of their values (UTF-8). */
export interface MemberPage {
  readonly members: readonly MemberRef[];
  /** The last value of the page, and so the `after` of the next one; absent exactly when there is none. */
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
 * alone; a change that changes nothing keeps the version. Costs grow with the change, never with the group.
 */
export interface MemberStorage {
  /** The members behind `after`, a value that need not be there; none where the group is not there. */
  page(
    partition: Partition,
    groupId: string,
    query: { readonly after?: string; readonly take: number },
  ): Promise<MemberPage>;

  /**
   * Adds and removes members, all or nothing, without a transaction around it. It looks for cycles in what it sees: two
   * writers at the same time can still make one, so whoever follows memberships must come to an end.
   *
   * @throws {NotFoundError} when the group is not there
   * @throws {InvalidValueError} when a member's value can be no id
   * @throws {PreconditionFailedError} when `expectedVersion` is given and it is at another version
   */
  change(partition: Partition, groupId: string, change: MemberChange): Promise<MemberOutcome>;

  /**
   * What `change` would return, without writing. A group that is not there counts as a new one, without members. Needed by
   * a source with a directory of its own; there inside the transactions of a `Storage`.
   *
   * @throws {InvalidValueError} when a member's value can be no id
   * @throws {PreconditionFailedError} when `expectedVersion` is given and the group is at another version, or not there
   */
  preview?(partition: Partition, groupId: string, change: MemberChange): Promise<MemberOutcome>;

  /**
   * The groups of many resources at once; one without groups may be missing from the map. Groups that have one of these
   * groups as a member are `indirect`, each once; cycles are handled. Filters on `groups` see the same.
   */
  groupsOf(tenant: string, ids: readonly string[]): Promise<Map<string, GroupRef[]>>;
}

/** A record of a `StateStorage`. */
export interface StateRecord {
  /** Well-formed Unicode without U+0000. */
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Opaque; changes with every `put`, and never comes back for a key, not even after a deletion. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly dueAt?: number;
}

/**
 * Records with compare-and-swap in named collections. Tokens, intents, links, runs and the rest are repositories over
 * it, so that a driver stays small.
 */
export interface StateStorage {
  /** The records that are there, by key. */
  get(collection: string, keys: readonly string[]): Promise<Map<string, StateRecord>>;

  /**
   * Writes a record. `expected`: a version, or null (must not exist), or undefined (whatever is there). Without `dueAt`
   * the record is not due at any time.
   *
   * @throws {PreconditionFailedError} when `expected` does not hold
   */
  put(
    collection: string,
    key: string,
    value: Readonly<Record<string, unknown>>,
    options: { readonly expected: string | null | undefined; readonly dueAt?: number },
  ): Promise<StateRecord>;

  /** True if it was there and, with `expected`, at that version; false otherwise, and then nothing happened. */
  delete(collection: string, key: string, expected?: string): Promise<boolean>;

  /** Records in binary order of their keys (UTF-8): `from` inclusive, `to` exclusive, beginning behind `after`. */
  scan(
    collection: string,
    range: { readonly from?: string; readonly to?: string; readonly after?: string; readonly take: number },
  ): Promise<StateRecord[]>;

  /** Records whose `dueAt` is at or before `before`, earliest first. */
  due(collection: string, before: number, take: number): Promise<StateRecord[]>;
}

/** Everything the library keeps. */
export interface Storage {
  readonly resources: ResourceStorage;
  readonly state: StateStorage;

  /**
   * Runs `run` so that all it writes through `tx` is there or none of it; serialisable or as if. Not nested. `run` may be
   * called again after a serialisation failure, so it does no foreign I/O. Inside it only `tx` is used: a write through
   * the storage itself may wait for the transaction to end, and so for ever. An operation that fails and is caught leaves
   * nothing, the rest can be committed. `tx` refuses to be used after the end.
   */
  transaction<T>(run: (tx: Storage) => Promise<T>): Promise<T>;

  /**
   * Calls `callback` once, after the running transaction has committed, and not at all if it is rolled back. Callbacks are
   * called in the order they were added. Only the storage that `transaction` gives to `run` has this method, and always:
   * a storage that joined a transaction of the application does not know when that commits. An error that a callback
   * throws is ignored, since the transaction is already committed.
   */
  afterCommit?(callback: () => void): void;

  /**
   * Makes the tables where they are missing. Idempotent; safe when several processes start at once. A driver may also do so
   * on first use.
   *
   * @throws {UnavailableError} when the tables have a layout that this release does not know
   */
  migrate(): Promise<void>;

  /** Finishes what was begun and gives back what the storage holds open. Further calls fail; closing again does not. */
  close(): Promise<void>;
}
