import type { DirectoryGroup, DirectoryUser } from "./objects.ts";

/** Which part of a listing is wanted. */
export interface DirectoryQuery {
  /** An id: the page begins behind it. It need not be there any more. */
  readonly after?: string;
  /** Most objects to return; at least 1. */
  readonly take: number;
  /** Whether `id` is all that is needed; what else the objects then carry is the directory's choice. @default false */
  readonly idsOnly?: boolean;
}

/**
 * A page of users or groups: all there are behind `after` and up to `next`, that id included, or up to the end.
 *
 * So pages tile all ids, and `after` and `next` are the bounds of a range that can be asked for again. A directory that
 * leaves objects out may return fewer than `take`, even none, and still have a `next`: only `next` tells the end.
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

/** Something that happened in a directory. It says where to look, never what is there now. */
export type DirectoryChange =
  | { readonly type: "user.changed" | "user.deleted" | "group.changed" | "group.deleted"; readonly id: string }
  | { readonly type: "membership.changed"; readonly groupId: string; readonly userId: string };

/** A page of a directory's changes, oldest first. */
export interface DirectoryChangePage {
  readonly changes: readonly DirectoryChange[];
  /** Opaque: the `after` that continues behind these, also when there is nothing further yet. */
  readonly next: string;
}

/**
 * An application's users and groups, as a provider reads them. Never written to.
 *
 * What every directory promises:
 *
 * - Ids are texts that never change and are never given to another object. No user has the id of a group.
 * - Listings come in the order of ids, compared as their UTF-8 bytes are (which is the order of their code points, and of
 *   a database's binary collation), so that they can be joined with other listings by id. JavaScript's `<` differs from
 *   it behind U+FFFF, and `localeCompare` differs everywhere.
 * - An object that is there throughout a listing is on exactly one of its pages, whatever else comes and goes.
 * - Absence is a missing entry in an answer by id, and only that. A listing is never evidence of absence.
 * - An outage throws. Nothing that could not be read is ever left out instead.
 *
 * Objects and lists that are returned are for reading only.
 */
export interface Directory {
  /** A page of all users. */
  users(query: DirectoryQuery): Promise<DirectoryPage<DirectoryUser>>;

  /** Those of these users that are there, each once, in any order. */
  usersById(ids: readonly string[]): Promise<DirectoryUser[]>;

  /** A page of all groups, without their members. */
  groups(query: DirectoryQuery): Promise<DirectoryPage<DirectoryGroup>>;

  /** Those of these groups that are there, each once, in any order, without their members. */
  groupsById(ids: readonly string[]): Promise<DirectoryGroup[]>;

  /**
   * A page of a group's direct members, users and groups alike; `after` is the id of a member. A group that is not there
   * has none, so ask `groupsById` before taking that for an empty group.
   */
  members(groupId: string, query: { readonly after?: string; readonly take: number }): Promise<DirectoryMemberPage>;

  /** Which of these ids are direct members of the group. */
  hasMembers(groupId: string, ids: readonly string[]): Promise<Set<string>>;

  /**
   * The ids of the groups that each of these users and groups is a direct member of; with `transitive` also of the groups
   * that these are in, and so on. Each group once, in the order of ids, never the one that was asked for, whatever rings
   * the groups form. One without groups may be missing from the map.
   */
  groupsOf(ids: readonly string[], options?: { readonly transitive?: boolean }): Promise<Map<string, string[]>>;

  /**
   * What changed since: a hint, which may come late, twice or not at all. Without `after`, the `next` from which on
   * changes can be told, with or without older ones.
   */
  changes?(after?: string): Promise<DirectoryChangePage>;
}
