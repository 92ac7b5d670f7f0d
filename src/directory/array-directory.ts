import type { Directory } from "./directory.ts";
import {
  type DirectoryContent,
  type DirectoryIndex,
  type GroupWithMembers,
  indexDirectory,
} from "./directory-index.ts";
import { indexedDirectory } from "./indexed-directory.ts";
import type { DirectoryUser } from "./objects.ts";

/** A list, or a function that returns the current list; if the function throws, the directory is unavailable. */
export type ListSource<T> = readonly T[] | (() => readonly T[] | Promise<readonly T[]>);

/** The content of `arrayDirectory`. */
export interface ArrayDirectoryOptions {
  readonly users: ListSource<DirectoryUser>;
  /** @default none */
  readonly groups?: ListSource<GroupWithMembers>;
}

/**
 * A directory over lists in memory. The lists are read again at every call, so changes in place have an effect at once.
 * The objects are returned as they are, groups without their `members`.
 *
 * The id of a member is the id of a group if there is such a group, otherwise the id of a user.
 *
 * @example
 * ```ts
 * const directory = arrayDirectory({
 *   users: [{ id: "1", userName: "ada", displayName: "Ada Lovelace" }],
 *   groups: [{ id: "engines", displayName: "Engines", members: ["1"] }],
 * });
 * ```
 * @throws {TypeError} from every call, naming the place, when an id is missing or duplicate, or a member is invalid; at
 * once when an option is neither a list nor a function
 */
export function arrayDirectory(options: ArrayDirectoryOptions): Directory {
  const { users, groups = [] } = options;
  for (const [name, list] of Object.entries({ users, groups })) {
    if (!Array.isArray(list) && typeof list !== "function") {
      throw new TypeError(`arrayDirectory: ${name} must be a list or a function`);
    }
  }
  let snapshot: Snapshot | undefined;
  return indexedDirectory(async () => {
    const content = { users: await read("users", users), groups: await read("groups", groups) };
    if (snapshot === undefined || !isStill(content, snapshot.marks)) {
      snapshot = { index: indexDirectory(content, fault), marks: marksOf(content) };
    }
    return snapshot.index;
  });
}

interface Snapshot {
  readonly index: DirectoryIndex;
  readonly marks: readonly unknown[];
}

async function read<T>(name: string, source: ListSource<T>): Promise<readonly T[]> {
  const list = typeof source === "function" ? await source() : source;
  if (!Array.isArray(list)) throw new TypeError(`arrayDirectory: the function for ${name} must return a list`);
  return list;
}

/**
 * Everything that an index depends on, as one flat list. Comparing it is much cheaper than building the index again.
 * These are plain loops, since this runs at every call.
 */
function walk({ users, groups }: DirectoryContent, visit: (mark: unknown) => boolean): boolean {
  for (const user of users) if (!visit(user) || !visit(user?.id)) return false;
  if (!visit(users.length)) return false;
  for (const group of groups) {
    const members: unknown = group?.members;
    if (!visit(group) || !visit(group?.id) || !walkMembers(Array.isArray(members) ? members : [members], visit))
      return false;
  }
  return true;
}

function walkMembers(members: readonly unknown[], visit: (mark: unknown) => boolean): boolean {
  for (const member of members) {
    if (typeof member !== "object" || member === null) {
      if (!visit(member)) return false;
    } else {
      const { value, type } = member as { readonly value?: unknown; readonly type?: unknown };
      if (!visit(value) || !visit(type)) return false;
    }
  }
  return visit(members.length);
}

function marksOf(content: DirectoryContent): unknown[] {
  const marks: unknown[] = [];
  walk(content, (mark) => {
    marks.push(mark);
    return true;
  });
  return marks;
}

function isStill(content: DirectoryContent, before: readonly unknown[]): boolean {
  let position = 0;
  const same = walk(content, (mark) => {
    position += 1;
    return mark === before[position - 1];
  });
  return same && position === before.length;
}

function fault(list: "users" | "groups", index: number, path: string, reason: string): TypeError {
  return new TypeError(`arrayDirectory: ${list}[${index}].${path} ${reason}`);
}
