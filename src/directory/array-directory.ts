import type { Directory } from "./directory.ts";
import {
  type DirectoryContent,
  type DirectoryIndex,
  type GroupWithMembers,
  indexDirectory,
} from "./directory-index.ts";
import { indexedDirectory } from "./indexed-directory.ts";
import type { DirectoryUser } from "./objects.ts";

/** A list, or a function that gives the list of the moment; what the function throws is an outage. */
export type ListSource<T> = readonly T[] | (() => readonly T[] | Promise<readonly T[]>);

/** What `arrayDirectory` is made of. */
export interface ArrayDirectoryOptions {
  readonly users: ListSource<DirectoryUser>;
  /** @default none */
  readonly groups?: ListSource<GroupWithMembers>;
}

/**
 * A directory over lists in memory. The lists are looked at anew with every call, so what is put in, taken out or changed
 * in place is seen at once; the objects are handed out as they are, groups without their `members`.
 *
 * An id of a member is a group's if there is such a group, else a user's.
 *
 * @example
 * ```ts
 * const directory = arrayDirectory({
 *   users: [{ id: "1", userName: "ada", displayName: "Ada Lovelace" }],
 *   groups: [{ id: "engines", displayName: "Engines", members: ["1"] }],
 * });
 * ```
 * @throws {TypeError} from every call, naming the place, when an id is missing or there twice, or a member is none; at
 * once when neither lists nor functions are given
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
  if (!Array.isArray(list)) throw new TypeError(`arrayDirectory: the function for ${name} must give a list`);
  return list;
}

/**
 * Everything an index depends on, as one flat list: comparing it is far cheaper than making the index again. Written as
 * plain loops since it happens before every answer.
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
