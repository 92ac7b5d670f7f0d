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

/** Everything an index depends on: comparing these is far cheaper than making the index again. */
function* marks({ users, groups }: DirectoryContent): Generator<unknown> {
  for (const user of users) {
    yield user;
    yield user?.id;
  }
  yield* [users.length, groups.length];
  for (const group of groups) {
    yield group;
    yield group?.id;
    const members: unknown = group?.members;
    if (Array.isArray(members)) yield* marksOfMembers(members);
    else yield members;
  }
}

function* marksOfMembers(members: readonly unknown[]): Generator<unknown> {
  for (const member of members) {
    if (typeof member === "object" && member !== null) yield* Object.values(member);
    else yield member;
  }
  yield members.length;
}

function marksOf(content: DirectoryContent): unknown[] {
  return [...marks(content)];
}

function isStill(content: DirectoryContent, before: readonly unknown[]): boolean {
  let position = 0;
  for (const mark of marks(content)) {
    if (mark !== before[position]) return false;
    position += 1;
  }
  return position === before.length;
}

function fault(list: "users" | "groups", index: number, path: string, reason: string): TypeError {
  return new TypeError(`arrayDirectory: ${list}[${index}].${path} ${reason}`);
}
