import { NotFoundError } from "../errors/request-errors.ts";
import type { ResourceType } from "../schema/definition.ts";
import type { MemberRef, Partition, ResourceStorage, StoredResource } from "../storage/storage.ts";
import { changeMembers, type PendingMember } from "./change-members.ts";
import type { Principal } from "./principal.ts";

/**
 * A write that has been checked and is about to happen. All of it but `principal`, `type` and `secrets` is JSON, so that
 * it can be kept and done later with the same result.
 */
export interface Write {
  readonly action: "create" | "replace" | "patch" | "delete";
  readonly principal: Principal;
  readonly type: ResourceType;
  readonly partition: Partition;
  readonly id: string;
  /** As it is stored now; undefined for a create, and for a change of memberships only, which does not read the group. */
  readonly before: StoredResource | undefined;
  /** As it is to be stored; undefined for a delete, and for a change of memberships only. */
  readonly after: StoredResource | undefined;
  readonly members: MembershipChange | undefined;
  /** What the resource gets if anything changes. */
  readonly next: { readonly version: string; readonly lastModified: string };
  /** Values that are never stored, such as a password. */
  readonly secrets: Readonly<Record<string, unknown>>;
}

/** Members to add and to remove, disjoint. */
export interface MembershipChange {
  readonly add: readonly PendingMember[];
  readonly remove: readonly string[];
}

/** What a write did. */
export interface WriteOutcome {
  /** Whether anything was written. */
  readonly changed: boolean;
  /** Members that were not there before, with their types known. */
  readonly added: readonly MemberRef[];
  readonly removed: readonly string[];
  /** The resource's version now; for a delete the version it had. */
  readonly version: string;
}

/**
 * Carries out a write. Given to a handler, it decides when and around what the write happens. `apply` does it: on the
 * transaction it is given, or else on the handler's storage, in a transaction where it needs one. It may be called several
 * times.
 */
export type Commit = (
  write: Write,
  apply: (transaction?: ResourceStorage) => Promise<WriteOutcome>,
) => Promise<WriteOutcome>;

/**
 * Does a write on `resources`. With more than one thing to write, that must be a transaction.
 *
 * @throws {NotFoundError} when the resource to delete, or the group to change, is not there
 * @throws {PreconditionFailedError} when the resource is no longer what `before` says
 * @throws {UniquenessError} when a unique value is taken
 * @throws {InvalidValueError} when a member does not exist
 */
export async function applyWrite(
  resources: ResourceStorage,
  write: Omit<Write, "principal" | "type" | "secrets">,
  unknown: "reject" | "accept",
): Promise<WriteOutcome> {
  const { partition, before, after, id } = write;
  if (write.action === "delete") {
    if (!(await resources.remove(partition, id, before?.version))) throw new NotFoundError();
    return { changed: true, added: [], removed: [], version: before?.version ?? "" };
  }
  if (after !== undefined) {
    if (before === undefined) await resources.insert(partition, after);
    else await resources.replace(partition, after, before.version);
  }
  if (write.members === undefined) {
    return { changed: after !== undefined, added: [], removed: [], version: after?.version ?? write.next.version };
  }
  // What was replaced above has been checked already.
  const expectedVersion = after === undefined ? before?.version : undefined;
  const change = { ...write.members, next: write.next, unknown, expectedVersion };
  const outcome = await changeMembers(resources, partition, id, change);
  const changed = after !== undefined || outcome.added.length > 0 || outcome.removed.length > 0;
  return { ...outcome, changed };
}
