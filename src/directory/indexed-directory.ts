import { compareUtf8 } from "../values/utf8-order.ts";
import type { Directory, DirectoryPage, DirectoryQuery } from "./directory.ts";
import type { DirectoryIndex, GroupWithMembers, IndexedObjects } from "./directory-index.ts";
import type { DirectoryGroup } from "./objects.ts";

/** A directory over an index. The index is requested at each call, so that it can change. */
export function indexedDirectory(current: () => Promise<DirectoryIndex>): Directory {
  return Object.freeze<Directory>({
    users: async (query) => pageOf((await current()).users, query),
    usersById: async (ids) => presentOf((await current()).users, ids),
    groups: async (query) => {
      const page = pageOf((await current()).groups, query);
      return { ...page, objects: page.objects.map(withoutMembers) };
    },
    groupsById: async (ids) => presentOf((await current()).groups, ids).map(withoutMembers),
    members: async (groupId, query) => {
      const members = (await current()).members.get(groupId);
      if (members === undefined) return { members: [] };
      const { objects, next } = pageOf(members, query);
      return { members: objects, ...(next === undefined ? {} : { next }) };
    },
    hasMembers: async (groupId, ids) => {
      const members = (await current()).members.get(groupId);
      return new Set(ids.filter((id) => members?.byId.has(id)));
    },
    groupsOf: async (ids, options) => {
      const { parents } = await current();
      const transitive = options?.transitive === true;
      return new Map(ids.map((id) => [id, transitive ? ancestors(parents, id) : directParents(parents, id)]));
    },
  });
}

/** A page of anything that is sorted by id. */
interface IndexedPage<T> extends Pick<DirectoryPage<{ readonly id: string }>, "next"> {
  readonly objects: readonly T[];
}

function pageOf<T>(list: IndexedObjects<T>, query: Pick<DirectoryQuery, "after" | "take">): IndexedPage<T> {
  const start = query.after === undefined ? 0 : firstBehind(list.ids, query.after);
  const ids = list.ids.slice(start, start + query.take);
  const objects = ids.flatMap((id) => list.byId.get(id) ?? []);
  const last = ids.at(-1);
  return start + ids.length < list.ids.length && last !== undefined ? { objects, next: last } : { objects };
}

/** The position of the first id after `after` in a sorted list. */
function firstBehind(ids: readonly string[], after: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (compareUtf8(ids[middle] ?? "", after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function presentOf<T>(list: IndexedObjects<T>, ids: readonly string[]): T[] {
  return [...new Set(ids)].flatMap((id) => list.byId.get(id) ?? []);
}

function withoutMembers({ members: _members, ...group }: GroupWithMembers): DirectoryGroup {
  return group;
}

function directParents(parents: DirectoryIndex["parents"], id: string): string[] {
  return (parents.get(id) ?? []).filter((parent) => parent !== id).sort(compareUtf8);
}

function ancestors(parents: DirectoryIndex["parents"], id: string): string[] {
  const found = new Set<string>([id]);
  const waiting = [id];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const parent of parents.get(below) ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      waiting.push(parent);
    }
  }
  found.delete(id);
  return [...found].sort(compareUtf8);
}
