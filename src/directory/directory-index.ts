import { compareUtf8 } from "../values/utf8-order.ts";
import type { DirectoryMember } from "./directory.ts";
import type { DirectoryGroup, DirectoryUser } from "./objects.ts";

/** A group in a list: with its members, each as an id or as a reference. */
export interface GroupWithMembers extends DirectoryGroup {
  /** A plain id is the id of a group if there is such a group, otherwise of a user. @default none */
  readonly members?: readonly (string | DirectoryMember)[];
}

/** The content of a directory, as lists. */
export interface DirectoryContent {
  readonly users: readonly DirectoryUser[];
  readonly groups: readonly GroupWithMembers[];
}

/** Objects of one kind, in the order of their ids and by id. */
export interface IndexedObjects<T> {
  readonly ids: readonly string[];
  readonly byId: ReadonlyMap<string, T>;
}

/** The content of a directory, as an index. */
export interface DirectoryIndex {
  readonly users: IndexedObjects<DirectoryUser>;
  readonly groups: IndexedObjects<GroupWithMembers>;
  /** By the id of the group, then by the id of the member, in the order of these ids. */
  readonly members: ReadonlyMap<string, IndexedObjects<DirectoryMember>>;
  /** The groups each id is a direct member of. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
}

/** Creates the error for an invalid object of a list; `path` is within the object, such as `id` or `members[2]`. */
export type ContentFault = (list: "users" | "groups", index: number, path: string, reason: string) => Error;

/**
 * Indexes lists of users and groups. @throws the error of `fault`, when an id is missing or duplicate, or a member is
 * invalid
 */
export function indexDirectory({ users, groups }: DirectoryContent, fault: ContentFault): DirectoryIndex {
  const taken = new Map<string, string>();
  const indexed = {
    users: indexList("users", users, taken, fault),
    groups: indexList("groups", groups, taken, fault),
  };
  const members = new Map<string, IndexedObjects<DirectoryMember>>();
  const parents = new Map<string, string[]>();
  for (const [index, group] of groups.entries()) {
    const own = indexMembers(group.members, indexed.groups.byId, (path, reason) =>
      fault("groups", index, path, reason),
    );
    members.set(group.id, own);
    for (const id of own.ids) {
      const groupsOfId = parents.get(id);
      if (groupsOfId === undefined) parents.set(id, [group.id]);
      else groupsOfId.push(group.id);
    }
  }
  return { ...indexed, members, parents };
}

function indexList<T extends { readonly id: string }>(
  list: "users" | "groups",
  objects: readonly T[],
  taken: Map<string, string>,
  fault: ContentFault,
): IndexedObjects<T> {
  const byId = new Map<string, T>();
  for (const [index, object] of objects.entries()) {
    const id: unknown = typeof object === "object" && object !== null ? object.id : undefined;
    if (typeof id !== "string" || id === "") throw fault(list, index, "id", "must be a text that is not empty");
    const place = `${list}[${index}]`;
    const other = taken.get(id);
    if (other !== undefined) throw fault(list, index, "id", `is that of ${other} too`);
    taken.set(id, place);
    byId.set(id, object);
  }
  return { ids: [...byId.keys()].sort(compareUtf8), byId };
}

function indexMembers(
  members: unknown,
  groups: ReadonlyMap<string, unknown>,
  fault: (path: string, reason: string) => Error,
): IndexedObjects<DirectoryMember> {
  if (members !== undefined && !Array.isArray(members)) throw fault("members", "must be a list");
  const byId = new Map<string, DirectoryMember>();
  for (const [index, member] of ((members ?? []) as readonly unknown[]).entries()) {
    const given = typeof member === "object" && member !== null ? (member as Partial<DirectoryMember>) : undefined;
    const value = given === undefined ? member : given.value;
    if (typeof value !== "string" || value === "")
      throw fault(`members[${index}]`, "must be an id, or have one as value");
    const type = given?.type ?? (groups.has(value) ? "Group" : "User");
    if (type !== "User" && type !== "Group") throw fault(`members[${index}].type`, "must be User or Group");
    byId.set(value, { value, type });
  }
  return { ids: [...byId.keys()].sort(compareUtf8), byId };
}
