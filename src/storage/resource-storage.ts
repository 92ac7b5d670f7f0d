import type { ResolvedFilter } from "../filter/resolved.ts";
import type { ResolvedPath } from "../schema/attributes/definition.ts";
import type { Work } from "../work/work.ts";
import type { ListQuery, Page } from "./list-query.ts";
import type { MemberStorage } from "./member-storage.ts";
import type { Partition, StoredResource } from "./stored-resource.ts";

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
