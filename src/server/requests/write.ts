import type { MembershipChange } from "../../patch/pending-member.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { MemberRef } from "../../storage/member-storage.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import type { Principal } from "./principal.ts";

/**
 * A write that has been checked and is about to happen. All of it except `principal`, `type` and `secrets` is JSON, so
 * that it can be stored and done later with the same result.
 */
export interface Write {
  readonly action: "create" | "replace" | "patch" | "delete";
  readonly principal: Principal;
  /** The id of the request, as in its events. */
  readonly requestId: string;
  readonly type: ResourceType;
  readonly partition: Partition;
  readonly id: string;
  /** As it is stored now; undefined for a create, and for a change of memberships only, which does not read the group. */
  readonly before: StoredResource | undefined;
  /** As it will be stored; undefined for a delete, and for a change of memberships only. */
  readonly after: StoredResource | undefined;
  readonly members: MembershipChange | undefined;
  /** The version and the date that the resource gets if anything changes. */
  readonly next: { readonly version: string; readonly lastModified: string };
  /** Whether a create brings back a resource that was deleted. */
  readonly restored?: boolean | undefined;
  /** Values that are never stored, such as `password`, or `passwordHash` with `passwords: { hash }`. */
  readonly secrets: Readonly<Record<string, unknown>>;
}

/** The result of a write. */
export interface WriteOutcome {
  /** Whether anything was written. */
  readonly changed: boolean;
  /** Members that were added, with their types. */
  readonly added: readonly MemberRef[];
  readonly removed: readonly string[];
  /** Ids of members that do not exist and were left out, with `unknownMembers: "skip"`. */
  readonly skipped?: readonly string[];
  /** The resource's version now; for a delete the version it had. */
  readonly version: string;
}

/**
 * Carries out a write. Given to a handler, it decides when the write happens, and in which transaction. `apply` does
 * the write: in the transaction it is given, or else on the handler's storage, in a transaction if it needs one. It may
 * be called several times.
 *
 * A PUT or PATCH that changes nothing is a write without `after`, `members` and `secrets`; `apply` then writes nothing.
 * With a `PreconditionFailedError` from `commit` the resource is read again, and the request compared with it again.
 */
export type Commit = (
  write: Write,
  apply: (transaction?: ResourceStorage) => Promise<WriteOutcome>,
) => Promise<WriteOutcome>;

/** Whether a write writes nothing: it is carried out only so that what is left of earlier writes is noticed. */
export function isUnchanged({ action, after, members, secrets }: Write): boolean {
  return action !== "delete" && after === undefined && members === undefined && Object.keys(secrets).length === 0;
}
