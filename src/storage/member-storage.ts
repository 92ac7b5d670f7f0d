import type { Work } from "../work/work.ts";
import type { Partition } from "./stored-resource.ts";

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
