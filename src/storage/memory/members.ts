import { NotFoundError } from "../../errors/request-errors.ts";
import { frozenJson } from "../../values/frozen-json.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import {
  changesMembers,
  cyclicAmong,
  type MemberFacts,
  memberOutcome,
  planMembers,
  requireExpected,
} from "../driver/plan-members.ts";
import type { GroupRef, MemberChange, MemberOutcome, MemberPage, MemberRef, Partition } from "../storage.ts";
import type { Change, GroupKey, Tables } from "./tables.ts";

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
  const resources = tables.resources.set([tenant, type, groupId], changed);
  return { tables: { ...tables, members, memberOf, resources }, result: outcome };
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
  const above = plan.suspects.length === 0 ? [] : groupsOf(tables, partition.tenant, groupId);
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
  return {
    present: new Set([...added, ...change.remove].filter(isMember)),
    types,
    holders: new Set(added.filter(hasMembers)),
  };
}

/**
 * The groups of one resource: those it is a member of, then those these are members of, each id once. Where groups of
 * several types have one id, it is named after the last type, as in SQL.
 */
export function groupsOf(tables: Tables, tenant: string, id: string): GroupRef[] {
  const found = new Map<string, GroupKey>();
  const waiting: string[] = [];
  const visit = (groups: readonly GroupKey[]): void => {
    for (const group of groups) {
      const known = found.get(group.id);
      if (known === undefined) waiting.push(group.id);
      if (known === undefined || compareUtf8(known.type, group.type) < 0) found.set(group.id, group);
    }
  };
  const direct = parents(tables, tenant, id);
  visit(direct);
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) visit(parents(tables, tenant, below));
  const directIds = new Set(direct.map((group) => group.id));
  return [...found.values()].map((group) =>
    groupRef(tables, tenant, group, directIds.has(group.id) ? "direct" : "indirect"),
  );
}

function parents(tables: Tables, tenant: string, id: string): GroupKey[] {
  return [...tables.memberOf.entries([tenant, id])].map(([, group]) => group);
}

function groupRef(tables: Tables, tenant: string, group: GroupKey, type: GroupRef["type"]): GroupRef {
  const display = tables.resources.get([tenant, group.type, group.id])?.attributes.displayName;
  return { value: group.id, type, ...(typeof display === "string" ? { display } : {}) };
}
