import type { Directory, DirectoryPage } from "../../../src/directory/directory.ts";
import type { DirectoryCaseId } from "../../../src/testing/directory/directory-contract.ts";

/** Makes a faithful directory break one promise. */
export type DirectorySaboteur = (directory: Directory) => Directory;

/**
 * For each case of `directoryContract`, a way to make a faithful directory break its promise. The case must notice: that
 * is what tests the contract itself.
 */
export const directorySaboteurs: Readonly<Record<DirectoryCaseId, DirectorySaboteur>> = {
  "users.order": altered((inner) => ({ users: async (query) => byUnits(await inner.users(query)) })),
  "users.pages-tile": altered((inner) => ({ users: async (query) => withoutNext(await inner.users(query)) })),
  "users.after": altered((inner) => ({
    users: async (query) => inner.users({ ...query, after: await present(inner.usersById, query.after) }),
  })),
  "users.ids-only": altered((inner) => ({
    users: (query) => (query.idsOnly ? inner.groups(query) : inner.users(query)),
  })),
  "users.by-id": altered((inner) => ({
    usersById: async (ids) => {
      const found = await inner.usersById(ids);
      return ids.map((id) => found.find((user) => user.id === id) ?? { id });
    },
  })),
  "users.whole": altered((inner) => ({
    usersById: async (ids) => (await inner.usersById(ids)).map(({ id, userName }) => ({ id, userName })),
  })),
  "users.many": altered((inner) => ({
    users: async (query) => {
      const page = await inner.users(query);
      return { ...page, objects: page.objects.slice(0, 200) };
    },
  })),
  "groups.order": altered((inner) => ({ groups: async (query) => byUnits(await inner.groups(query)) })),
  "groups.pages-tile": altered((inner) => ({
    groups: async (query) => inner.groups({ ...query, after: query.after === "2" ? "1" : query.after }),
  })),
  "groups.after": altered((inner) => ({
    groups: async (query) => inner.groups({ ...query, after: await present(inner.groupsById, query.after) }),
  })),
  "groups.by-id": altered((inner) => ({
    groupsById: async (ids) => {
      const found = await inner.groupsById(ids);
      return ids.flatMap((id) => found.filter((group) => group.id === id));
    },
  })),
  "groups.without-members": altered((inner) => ({
    groupsById: async (ids) => (await inner.groupsById(ids)).map((group) => ({ ...group, members: [] })),
  })),
  "kinds.apart": altered((inner) => ({
    usersById: async (ids) => [...(await inner.usersById(ids)), ...(await inner.groupsById(ids))] as never,
  })),
  "outage.throws": altered((inner) => ({
    usersById: (ids) => inner.usersById(ids).catch(() => []),
  })),
  "members.both-kinds": altered((inner) => ({
    members: async (groupId, query) => {
      const page = await inner.members(groupId, query);
      return { ...page, members: page.members.map(({ value }) => ({ value, type: "User" })) };
    },
  })),
  "members.direct": altered((inner) => ({
    members: async (groupId, query) => {
      const page = await inner.members(groupId, query);
      const nested = page.members.filter((member) => member.type === "Group");
      const within = await Promise.all(nested.map((group) => inner.members(group.value, query)));
      return { ...page, members: [...page.members, ...within.flatMap((one) => one.members)] };
    },
  })),
  "members.order": altered((inner) => ({
    members: async (groupId, query) => {
      const page = await inner.members(groupId, query);
      return { ...page, members: page.members.toSorted((a, b) => (a.value < b.value ? -1 : 1)) };
    },
  })),
  "members.pages-tile": altered((inner) => ({
    members: async (groupId, query) => ({ members: (await inner.members(groupId, query)).members }),
  })),
  "members.after": altered((inner) => ({
    members: async (groupId, { after, take }) => {
      const known = after !== undefined && (await inner.hasMembers(groupId, [after])).has(after);
      return inner.members(groupId, { take, ...(known ? { after } : {}) });
    },
  })),
  "members.absent-group": altered((inner) => ({
    members: async (groupId, query) => {
      const [group] = await inner.groupsById([groupId]);
      if (group === undefined) throw new TypeError("There is no such group");
      return inner.members(groupId, query);
    },
  })),
  "has-members.which": altered((inner) => ({
    hasMembers: async (groupId) => {
      const { members } = await inner.members(groupId, { take: 1000 });
      return new Set([...members.map((member) => member.value), "eve"]);
    },
  })),
  "has-members.direct": altered((inner) => ({
    hasMembers: async (groupId, ids) => {
      const groups = await inner.groupsOf(ids, { transitive: true });
      return new Set(ids.filter((id) => groups.get(id)?.includes(groupId)));
    },
  })),
  "groups-of.direct": altered((inner) => ({ groupsOf: (ids) => inner.groupsOf(ids, { transitive: true }) })),
  "groups-of.transitive": altered((inner) => ({ groupsOf: (ids) => inner.groupsOf(ids) })),
  "groups-of.cycle": altered((inner) => ({
    groupsOf: async (ids, options) =>
      new Map([...(await inner.groupsOf(ids, options))].map(([id, groups]) => [id, [...groups, id]])),
  })),
  "groups-of.absent": altered((inner) => ({
    groupsOf: async (ids, options) => {
      const known = [...(await inner.usersById(ids)), ...(await inner.groupsById(ids))].length === ids.length;
      return known ? inner.groupsOf(ids, options) : new Map();
    },
  })),
  "groups-of.order": altered((inner) => ({
    groupsOf: async (ids, options) =>
      new Map([...(await inner.groupsOf(ids, options))].map(([id, groups]) => [id, groups.toSorted()])),
  })),
};

function altered(how: (inner: Directory) => Partial<Directory>): DirectorySaboteur {
  return (directory) => ({ ...directory, ...how(directory) });
}

/** The order of JavaScript's own `<`. */
function byUnits<T extends { readonly id: string }>(page: DirectoryPage<T>): DirectoryPage<T> {
  return { ...page, objects: page.objects.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

function withoutNext<T extends { readonly id: string }>({ objects }: DirectoryPage<T>): DirectoryPage<T> {
  return { objects };
}

/** The id if there is such an object: a cursor that stops working when its object goes. */
async function present(
  byId: (ids: readonly string[]) => Promise<readonly { readonly id: string }[]>,
  id: string | undefined,
): Promise<string | undefined> {
  return id === undefined ? undefined : (await byId([id]))[0]?.id;
}
