import { NotFoundError, PreconditionFailedError } from "../../errors/request-errors.ts";
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
  if (change.expectedVersion !== undefined && change.expectedVersion !== group.version) {
    throw new PreconditionFailedError(undefined, { expected: change.expectedVersion, actual: group.version });
  }
  const isMember = (id: string) => tables.members.get([tenant, type, groupId, id]) !== undefined;
  const added = new Map(change.add.filter((ref) => !isMember(ref.value)).map((ref) => [ref.value, ref]));
  const removed = [...new Set(change.remove)].filter(isMember);
  const unknown = change.unknown === "reject" ? unknownAmong(tables, tenant, added) : [];
  if (unknown.length > 0 || added.size + removed.length === 0) {
    return { tables, result: { added: [], removed: [], unknown, version: group.version } };
  }
  let { members, memberOf } = tables;
  for (const ref of added.values()) {
    members = members.set([tenant, type, groupId, ref.value], ref);
    memberOf = memberOf.set([tenant, ref.value, type, groupId], { type, id: groupId });
  }
  for (const id of removed) {
    members = members.delete([tenant, type, groupId, id]);
    memberOf = memberOf.delete([tenant, id, type, groupId]);
  }
  const { version, lastModified } = change.next;
  const changed = Object.freeze({ ...group, version, lastModified });
  const resources = tables.resources.set([tenant, type, groupId], changed);
  return {
    tables: { ...tables, members, memberOf, resources },
    result: { added: [...added.keys()], removed, unknown, version },
  };
}

function unknownAmong(tables: Tables, tenant: string, added: ReadonlyMap<string, MemberRef>): string[] {
  const nowhere = [...added.values()].filter(
    (ref) => tables.resources.get([tenant, ref.type, ref.value]) === undefined,
  );
  return nowhere.map((ref) => ref.value);
}

/** The groups of one resource: those it is a member of, then those these are members of, each once; rings do no harm. */
export function groupsOf(tables: Tables, tenant: string, id: string): GroupRef[] {
  const direct = parents(tables, tenant, id);
  const found = new Map<string, GroupRef>();
  for (const group of direct) found.set(group.id, groupRef(tables, tenant, group, "direct"));
  const waiting = direct.map((group) => group.id);
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const group of parents(tables, tenant, below)) {
      if (found.has(group.id)) continue;
      found.set(group.id, groupRef(tables, tenant, group, "indirect"));
      waiting.push(group.id);
    }
  }
  return [...found.values()];
}

function parents(tables: Tables, tenant: string, id: string): GroupKey[] {
  return [...tables.memberOf.entries([tenant, id])].map(([, group]) => group);
}

function groupRef(tables: Tables, tenant: string, group: GroupKey, type: GroupRef["type"]): GroupRef {
  const display = tables.resources.get([tenant, group.type, group.id])?.attributes.displayName;
  return { value: group.id, type, ...(typeof display === "string" ? { display } : {}) };
}
