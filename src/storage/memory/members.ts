import { NotFoundError } from "../../errors/request-errors.ts";
import { foldString } from "../../values/fold.ts";
import { frozenJson } from "../../values/frozen-json.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import type { Work } from "../../work/work.ts";
import { MAX_NESTING } from "../driver/nesting.ts";
import {
  changesMembers,
  cyclicAmong,
  type MemberFacts,
  memberOutcome,
  planMembers,
  requireExpected,
} from "../driver/plan-members.ts";
import type { GroupRef, MemberChange, MemberOutcome, MemberPage, MemberRef } from "../member-storage.ts";
import type { Partition } from "../stored-resource.ts";
import { withResource } from "./resources.ts";
import type { Change, GroupKey, Tables } from "./tables.ts";

/** The work of reading one membership. */
export const MEMBERSHIP = 4;
/** Looking for the memberships of one resource costs as much as reading so many. */
const READ = 4;

/** `MemberStorage.page` on tables; the cursor is the last member's id. */
export function pageMembers(
  tables: Tables,
  partition: Partition,
  groupId: string,
  query: { readonly after?: string; readonly take: number },
): MemberPage {
  const prefix = [partition.tenant, partition.type, groupId];
  const after = query.after === undefined ? undefined : [...prefix, query.after];
  const members: MemberRef[] = [];
  for (const [, member] of tables.members.entries(prefix, { after })) {
    if (members.length === query.take) {
      const last = members.at(-1);
      return last === undefined ? { members } : { members, next: last.value };
    }
    members.push(member);
  }
  return { members };
}

/** All members of a group. */
export function membersOf(tables: Tables, partition: Partition, groupId: string): MemberRef[] {
  return [...tables.members.entries([partition.tenant, partition.type, groupId])].map(([, member]) => member);
}

/** `MemberStorage.change` on tables. */
export function changeMembers(
  tables: Tables,
  partition: Partition,
  groupId: string,
  change: MemberChange,
): Change<MemberOutcome> {
  const { tenant, type } = partition;
  const group = tables.resources.get([tenant, type, groupId]);
  if (group === undefined) throw new NotFoundError();
  const outcome = previewMembers(tables, partition, groupId, change);
  if (!changesMembers(outcome)) return { tables, result: outcome };
  let { members, memberOf } = tables;
  for (const member of outcome.added) {
    members = members.set([tenant, type, groupId, member.value], member);
    memberOf = memberOf.set([tenant, member.value, type, groupId], { type, id: groupId });
  }
  for (const id of outcome.removed) {
    members = members.delete([tenant, type, groupId, id]);
    memberOf = memberOf.delete([tenant, id, type, groupId]);
  }
  const { version, lastModified } = change.next;
  const changed = Object.freeze({ ...group, version, lastModified });
  const resources = withResource(tables, partition, changed);
  return { tables: { ...tables, ...resources, members, memberOf }, result: outcome };
}

/** `MemberStorage.preview` on tables. */
export function previewMembers(
  tables: Tables,
  partition: Partition,
  groupId: string,
  change: MemberChange,
): MemberOutcome {
  const group = tables.resources.get([partition.tenant, partition.type, groupId]);
  requireExpected(change, group?.version);
  const plan = planMembers(groupId, change, memberFacts(tables, partition, groupId, change));
  const above = plan.suspects.length === 0 ? [] : groupsAbove(tables, partition.tenant)(groupId);
  const cyclic = cyclicAmong(plan, groupId, above);
  return frozenJson(memberOutcome(change, { plan, cyclic }, group?.version ?? change.next.version));
}

function memberFacts(tables: Tables, partition: Partition, groupId: string, change: MemberChange): MemberFacts {
  const { tenant, type } = partition;
  const added = change.add.map(({ value }) => value);
  const typesOf = (id: string) => [...tables.types.entries([tenant, id])].map(([, each]) => each);
  const types = new Map(added.map((id) => [id, typesOf(id)]));
  const isMember = (id: string) => tables.members.get([tenant, type, groupId, id]) !== undefined;
  const hasMembers = (id: string) => types.get(id)?.some((each) => tables.members.count([tenant, each, id]) > 0);
  const absent = change.remove.filter((id) => !isMember(id));
  return {
    folded: absent.length === 0 ? new Map() : membersInAnyCase(membersOf(tables, partition, groupId), absent),
    present: new Set([...added, ...change.remove].filter(isMember)),
    types,
    holders: new Set(added.filter(hasMembers)),
  };
}

/** The members whose ids are equal to these when folded. */
function membersInAnyCase(members: readonly MemberRef[], ids: readonly string[]): Map<string, string[]> {
  const wanted = Map.groupBy(ids, foldString);
  const found = new Map<string, string[]>();
  for (const { value } of members) {
    for (const id of wanted.get(foldString(value)) ?? []) found.set(id, [...(found.get(id) ?? []), value]);
  }
  return found;
}

/**
 * Finds the groups of resources, one resource after the other: those it is a member of, then those these are members of,
 * each id once. If groups of several types have one id, the last type counts, as in SQL. Resources in the same group
 * share its object. `count` is called with the number of memberships that were read.
 */
export function groupsAbove(
  tables: Tables,
  tenant: string,
  count: (memberships: number) => void = () => undefined,
): (id: string) => GroupRef[] {
  const refs = new Map<string, Readonly<Record<GroupRef["type"], GroupRef>>>();
  // The groups of groups, which many resources have in common. Those of a resource are read once.
  const parents = new Map<string, readonly GroupKey[]>();
  const directGroups = (below: string): readonly GroupKey[] => {
    const groups = [...tables.memberOf.entries([tenant, below])].map(([, group]) => group);
    count(READ + groups.length);
    return groups;
  };
  const parentsOf = (group: string): readonly GroupKey[] => {
    const known = parents.get(group) ?? directGroups(group);
    parents.set(group, known);
    return known;
  };
  const refOf = (group: GroupKey, type: GroupRef["type"]): GroupRef => {
    const key = `${group.type}\u0000${group.id}`;
    const known = refs.get(key) ?? refsOf(tables, tenant, group);
    refs.set(key, known);
    return known[type];
  };
  return (id) => {
    const found = new Map<string, { group: GroupKey; readonly type: GroupRef["type"] }>();
    let level = [id];
    for (let height = 1; height <= MAX_NESTING && level.length > 0; height += 1) {
      const above = height === 1 ? directGroups(id) : level.flatMap(parentsOf);
      count(above.length);
      level = [];
      for (const group of above) {
        const known = found.get(group.id);
        if (known === undefined) {
          found.set(group.id, { group, type: height === 1 ? "direct" : "indirect" });
          level.push(group.id);
        } else if (compareUtf8(known.group.type, group.type) < 0) known.group = group;
      }
    }
    return [...found.values()].map(({ group, type }) => refOf(group, type));
  };
}

function refsOf(tables: Tables, tenant: string, group: GroupKey): Readonly<Record<GroupRef["type"], GroupRef>> {
  const name = tables.resources.get([tenant, group.type, group.id])?.attributes.displayName;
  const ref = { value: group.id, ...(typeof name === "string" ? { display: name } : {}) };
  return { direct: { ...ref, type: "direct" }, indirect: { ...ref, type: "indirect" } };
}

/** `MemberStorage.groupsOf` on tables. */
export async function groupsOfAll(
  tables: Tables,
  tenant: string,
  { ids, work }: { readonly ids: readonly string[]; readonly work: Work },
): Promise<Map<string, GroupRef[]>> {
  const groupsOf = groupsAbove(tables, tenant, (memberships) => work.spend(memberships * MEMBERSHIP, "finding groups"));
  const found = new Map<string, GroupRef[]>();
  for (const id of ids) {
    await work.pause();
    found.set(id, groupsOf(id));
  }
  return found;
}
