import type { DirectoryGroup, DirectoryUser } from "./objects.ts";

/** Which part of a listing is wanted. */
export interface DirectoryQuery {
  /** An id: the page begins after it. The object need not exist any more. */
  readonly after?: string;
  /** Most objects to return; at least 1. */
  readonly take: number;
  /** Whether only `id` is needed; the directory may then leave out all other properties. @default false */
  readonly idsOnly?: boolean;
}

/**
 * A page of users or groups: all after `after` and up to `next`, including that id, or up to the end.
 *
 * So the pages cover all ids, and `after` and `next` are the bounds of a range that can be read again. A directory that
 * leaves objects out may return fewer than `take`, even none, and still have a `next`. Only a missing `next` means the
 * end.
 */
export interface DirectoryPage<T extends { readonly id: string }> {
  /** In the order of their ids. */
  readonly objects: readonly T[];
  /** The `after` of the next page, not below the last id of this one; absent exactly when there is no further page. */
  readonly next?: string;
}

/** A member of a group, by reference. */
export interface DirectoryMember {
  /** The id of a user or of a group. It may be one that the directory does not know. */
  readonly value: string;
  readonly type: "User" | "Group";
}

/** A page of a group's direct members. */
export interface DirectoryMemberPage {
  /** In the order of their ids. */
  readonly members: readonly DirectoryMember[];
  /** The `after` of the next page; absent exactly when there is no further page. */
  readonly next?: string;
}

/** An event in a directory. It says which object to read, and never contains the object. */
export type DirectoryChange =
  | { readonly type: "user.changed" | "user.deleted" | "group.changed" | "group.deleted"; readonly id: string }
  | { readonly type: "membership.changed"; readonly groupId: string; readonly userId: string };

/** A page of a directory's changes, oldest first. */
export interface DirectoryChangePage {
  readonly changes: readonly DirectoryChange[];
  /** Opaque: the `after` that continues after these changes, also if there are no further changes yet. */
  readonly next: string;
}

/**
 * An application's users and groups, as a provider reads them. Never written to.
 *
 * Every directory guarantees:
 *
 * - Ids are strings that never change and are never used for another object. No user has the id of a group.
 * - Listings are in the order of ids, compared by their UTF-8 bytes (which is the order of their code points, and of a
 *   database's binary collation), so that they can be joined with other listings by id. JavaScript's `<` differs from
 *   this order beyond U+FFFF, and `localeCompare` differs everywhere.
 * - An object that exists during a whole listing is on exactly one of its pages, even if others are added and removed.
 * - Only a missing entry in the result of a look-up by id means that an object does not exist. A listing never proves
 *   this.
 * - If something cannot be read, the method throws. It is never left out instead.
 *
 * Objects and lists that are returned are for reading only.
 */
export interface Directory {
  /** A page of all users. */
  users(query: DirectoryQuery): Promise<DirectoryPage<DirectoryUser>>;

  /** Those of these users that exist, each once, in any order. */
  usersById(ids: readonly string[]): Promise<DirectoryUser[]>;

  /** A page of all groups, without their members. */
  groups(query: DirectoryQuery): Promise<DirectoryPage<DirectoryGroup>>;

  /** Those of these groups that exist, each once, in any order, without their members. */
  groupsById(ids: readonly string[]): Promise<DirectoryGroup[]>;

  /**
   * A page of a group's direct members, users and groups alike; `after` is the id of a member. A group that does
   * not exist has none, so call `groupsById` before you treat it as an empty group.
   */
  members(groupId: string, query: { readonly after?: string; readonly take: number }): Promise<DirectoryMemberPage>;

  /** Which of these ids are direct members of the group. */
  hasMembers(groupId: string, ids: readonly string[]): Promise<Set<string>>;

  /**
   * The ids of the groups that each of these users and groups is a direct member of; with `transitive` also of the
   * groups that these are in, and so on. Each group once, in the order of ids, never the given id itself, even if the
   * groups form cycles. An id without groups may be missing from the map.
   */
  groupsOf(ids: readonly string[], options?: { readonly transitive?: boolean }): Promise<Map<string, string[]>>;

  /**
   * The changes since then. They are hints, which may come late, twice or not at all. Without `after`, the `next` from
   * which changes can be read, with or without older ones.
   */
  changes?(after?: string): Promise<DirectoryChangePage>;
}
