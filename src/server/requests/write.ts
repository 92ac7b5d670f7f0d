import type { MembershipChange } from "../../patch/pending-member.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { MemberRef, Partition, ResourceStorage, StoredResource } from "../../storage/storage.ts";
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
