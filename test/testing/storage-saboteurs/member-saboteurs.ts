import { isScimError } from "../../../src/errors/scim-error.ts";
import type {
  GroupRef,
  MemberChange,
  MemberOutcome,
  MemberRef,
  MemberStorage,
} from "../../../src/storage/member-storage.ts";
import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { Partition } from "../../../src/storage/stored-resource.ts";
import type { GroupsOfCaseId } from "../../../src/testing/storage/groups-of-cases.ts";
import type { MemberCaseId } from "../../../src/testing/storage/member-cases.ts";
import type { UnknownMemberCaseId } from "../../../src/testing/storage/unknown-member-cases.ts";
import { alteredStorage, onMembers, onResources, type Saboteur } from "./altered-storage.ts";

/** For each promise on memberships, a storage that breaks it. */
export const memberSaboteurs: Readonly<Record<MemberCaseId | UnknownMemberCaseId | GroupsOfCaseId, Saboteur>> = {
  "members.add": onChange((inner, partition, groupId, change) =>
    inner.change(partition, groupId, { ...change, add: change.add.map(({ value, type }) => ({ value, type })) }),
  ),
  "members.remove": onChange(async (inner, partition, groupId, change) => {
    const all = change.remove.length > 0 ? await allOf(inner, partition, groupId) : [];
    return inner.change(partition, groupId, { ...change, remove: all.map((member) => member.value) });
  }),
  "members.folded": onChange(async (inner, partition, groupId, change) => {
    const all = change.remove.length > 0 ? await allOf(inner, partition, groupId) : [];
    const wanted = new Set(change.remove.map((id) => id.toLowerCase()));
    const remove = all.map(({ value }) => value).filter((id) => wanted.has(id.toLowerCase()));
    return inner.change(partition, groupId, { ...change, remove });
  }),
  "members.page-tiles": onMembers((inner) => ({
    page: async (partition, groupId, query) =>
      query.after === undefined ? inner.page(partition, groupId, query) : { members: [] },
  })),
  "members.page-order": onMembers((inner) => ({
    page: async (partition, groupId, query) => {
      const page = await inner.page(partition, groupId, query);
      return { ...page, members: page.members.toSorted((a, b) => (a.value < b.value ? -1 : 1)) };
    },
  })),
  "members.version": onChange(async (inner, partition, groupId, change, resources) => {
    const version = (await resources.find(partition, groupId))?.version ?? change.next.version;
    return inner.change(partition, groupId, { ...change, next: { ...change.next, version } });
  }),
  "members.add-twice": onChange(bumping((change) => change.add.length > 0)),
  "members.remove-absent": onChange(bumping((change) => change.remove.length > 0)),
  "members.stale": onChange((inner, partition, groupId, change) =>
    inner.change(partition, groupId, { ...change, expectedVersion: undefined }),
  ),
  "members.group-absent": onChange(async (inner, partition, groupId, change) => {
    try {
      return await inner.change(partition, groupId, change);
    } catch (error) {
      if (isScimError(error) && error.status === 404)
        return { added: [], removed: [], unknown: [], cyclic: [], version: "" };
      throw error;
    }
  }),
  "members.unknown-reject": onChange(async (inner, partition, groupId, change) => {
    const outcome = await inner.change(partition, groupId, change);
    if (outcome.unknown.length === 0) return outcome;
    const add = change.add.filter((member) => !outcome.unknown.includes(member.value));
    await inner.change(partition, groupId, { ...change, add });
    return outcome;
  }),
  "members.unknown-accept": onChange((inner, partition, groupId, change) =>
    inner.change(partition, groupId, { ...change, unknown: "reject" }),
  ),
  "members.race": onChange(async (inner, partition, groupId, change) => {
    const seen = (await allOf(inner, partition, groupId)).map((member) => member.value);
    const own = new Set([...seen, ...change.add.map((member) => member.value)]);
    const outcome = await inner.change(partition, groupId, change);
    const now = await allOf(inner, partition, groupId);
    const remove = now.map((member) => member.value).filter((id) => !own.has(id));
    await inner.change(partition, groupId, { ...change, add: [], remove });
    return outcome;
  }),
  "members.replace-keeps": (storage) =>
    alteredStorage(storage, {
      resources: (inner) => ({
        replace: async (partition, resource, expected) => {
          await inner.replace(partition, resource, expected);
          const members = inner.members === undefined ? [] : await allOf(inner.members, partition, resource.id);
          const remove = members.map((member) => member.value);
          await inner.members?.change(partition, resource.id, { add: [], remove, unknown: "accept", next: resource });
        },
      }),
    }),
  "members.known-already": onChange(async (inner, partition, groupId, change) => {
    const outcome = await inner.change(partition, groupId, change);
    return { ...outcome, added: change.add.map((member) => ({ type: "User", ...member })) };
  }),
  "members.no-id": onChange((inner, partition, groupId, change) =>
    inner.change(partition, groupId, {
      ...change,
      add: change.add.map((member) => ({ ...member, value: member.value.toWellFormed().replaceAll("\u0000", "") })),
    }),
  ),
  "members.nested": onMembers((inner) => ({
    page: async (partition, groupId, query) => {
      const page = await inner.page(partition, groupId, query);
      return { ...page, members: page.members.map((member) => ({ ...member, type: "User" })) };
    },
  })),
  "members.many": onChange((inner, partition, groupId, change) =>
    inner.change(partition, groupId, { ...change, add: change.add.slice(0, 999) }),
  ),
  "members.groups": onGroupsOf((groups, ids) => new Map([...groups].filter(([id]) => id === ids[0]))),
  "members.groups-nested": onGroupsOf((groups) =>
    mapped(groups, (refs) => refs.filter((ref) => ref.type === "direct")),
  ),
  "members.groups-cycle": onGroupsOf((groups) => mapped(groups, (refs) => [...refs, ...refs])),
  "members.type-found": onChange((inner, partition, groupId, change) =>
    inner.change(partition, groupId, { ...change, add: change.add.map((member) => ({ type: "Group", ...member })) }),
  ),
  // Looks at direct memberships alone.
  "members.cycle": onChange(async (inner, partition, groupId, change, resources) => {
    const outcome = await inner.change(partition, groupId, change);
    if (outcome.cyclic.length === 0 || change.add.some((member) => member.value === groupId)) return outcome;
    const above = (await inner.groupsOf(partition.tenant, [groupId])).get(groupId) ?? [];
    if (above.some((group) => group.type === "direct" && outcome.cyclic.includes(group.value))) return outcome;
    const group = await resources.find(partition, groupId);
    if (group !== undefined) await resources.replace(partition, { ...group, ...change.next }, group.version);
    return { ...outcome, cyclic: [] };
  }),
  "members.preview": onMembers((inner) => ({
    preview: (partition, groupId, change) => inner.change(partition, groupId, change),
  })),
  "members.preview-new": onMembers((inner) => ({
    preview: async (partition, groupId, change) => {
      await inner.change(partition, groupId, { ...change, add: [], remove: [] });
      return inner.change(partition, groupId, change);
    },
  })),
  "members.removed-member": onResources((inner) => ({
    remove: async (partition, id) => {
      const groups = (await inner.members?.groupsOf(partition.tenant, [id]))?.get(id) ?? [];
      const removed = await inner.remove(partition, id);
      for (const { value } of groups)
        await putBack(inner, { ...partition, type: "Group" }, value, [{ value: id, type: "User" }]);
      return removed;
    },
  })),
  "members.removed-group": onResources((inner) => {
    const left = new Map<string, readonly MemberRef[]>();
    return {
      remove: async (partition, id) => {
        if (inner.members !== undefined) left.set(id, await allOf(inner.members, partition, id));
        return inner.remove(partition, id);
      },
      insert: async (partition, resource) => {
        await inner.insert(partition, resource);
        await putBack(inner, partition, resource.id, left.get(resource.id) ?? []);
      },
    };
  }),
  "members.tenants-apart": onMembers((inner) => {
    const tenants: string[] = [];
    return {
      change: (partition, groupId, change) => {
        tenants.push(partition.tenant);
        return inner.change(partition, groupId, change);
      },
      page: (partition, groupId, query) =>
        inner.page({ ...partition, tenant: tenants[0] ?? partition.tenant }, groupId, query),
    };
  }),
};

type Change = (
  inner: MemberStorage,
  partition: Partition,
  groupId: string,
  change: MemberChange,
  resources: ResourceStorage,
) => Promise<MemberOutcome>;

function onChange(alter: Change): Saboteur {
  return onMembers((inner, resources) => ({
    change: (partition, groupId, change) => alter(inner, partition, groupId, change, resources),
  }));
}

/** Gives the group a new version for every change of this kind. */
function bumping(concerns: (change: MemberChange) => boolean): Change {
  return async (inner, partition, groupId, change, resources) => {
    const outcome = await inner.change(partition, groupId, change);
    const group = await resources.find(partition, groupId);
    if (!concerns(change) || group === undefined || outcome.version === change.next.version) return outcome;
    await resources.replace(partition, { ...group, ...change.next }, group.version);
    return { ...outcome, version: change.next.version };
  };
}

function onGroupsOf(
  alter: (groups: Map<string, GroupRef[]>, ids: readonly string[]) => Map<string, GroupRef[]>,
): Saboteur {
  return onMembers((inner) => ({ groupsOf: async (tenant, ids) => alter(await inner.groupsOf(tenant, ids), ids) }));
}

function mapped(groups: Map<string, GroupRef[]>, map: (refs: GroupRef[]) => GroupRef[]): Map<string, GroupRef[]> {
  return new Map([...groups].map(([id, refs]) => [id, map(refs)]));
}

async function allOf(inner: MemberStorage, partition: Partition, groupId: string): Promise<readonly MemberRef[]> {
  return (await inner.page(partition, groupId, { take: 1000 })).members;
}

async function putBack(
  inner: ResourceStorage,
  partition: Partition,
  groupId: string,
  add: readonly MemberRef[],
): Promise<void> {
  const group = await inner.find(partition, groupId);
  if (group === undefined) return;
  await inner.members?.change(partition, groupId, { add, remove: [], unknown: "accept", next: group });
}
