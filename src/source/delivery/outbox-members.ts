import { NotImplementedError } from "../../errors/request-errors.ts";
import type { MemberChange, MemberRef } from "../../storage/member-storage.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { DeliveredChange } from "./delivered-change.ts";
import { type OutboxRecords, queueKey } from "./outbox-records.ts";

/** How often members that cannot be looked up together are left out. */
const MOST_LOOKUPS = 4;
const NOTHING: MemberChange["next"] = Object.freeze({ version: "", lastModified: "" });

/** The members that a change adds and removes. */
export type ChangedMembers = Pick<DeliveredChange, "added" | "removed">;

/**
 * What of a change of memberships is still so: members that were removed since, or deleted, are not added any more, and
 * members that were added again are not removed.
 */
export async function currentMembers(resources: ResourceStorage, change: DeliveredChange): Promise<ChangedMembers> {
  const { added, removed } = change;
  if (added.length === 0 && removed.length === 0) return { added, removed };
  const isMember = await membersAmong(resources, change);
  return {
    added: added.filter(({ value }) => isMember(value)),
    removed: removed.filter((id) => !isMember(id)),
  };
}

/** Finds out which of the members that a change names the group has now, without reading the group. */
async function membersAmong(resources: ResourceStorage, change: DeliveredChange): Promise<(id: string) => boolean> {
  const { members } = resources;
  if (members?.preview === undefined) throw new NotImplementedError("This storage does not keep memberships");
  const { partition, id } = change;
  let add = change.added.map(({ value }) => value);
  let remove = change.removed;
  for (let attempt = 0; attempt < MOST_LOOKUPS; attempt += 1) {
    const asked: MemberChange = { add: add.map((value) => ({ value })), remove, next: NOTHING, unknown: "accept" };
    const found = await members.preview(partition, id, asked);
    const { added, removed, unknown, cyclic, ambiguous = [], mistyped = [] } = found;
    // If there are any, the result says nothing about the others. None of them is a member.
    const odd = new Set([...unknown, ...cyclic, ...ambiguous, ...mistyped.map(({ value }) => value)]);
    if (odd.size === 0) {
      const [present, absent] = [new Set([...add, ...removed]), new Set(added.map(({ value }) => value))];
      return (member) => present.has(member) && !absent.has(member);
    }
    add = add.filter((value) => !odd.has(value));
    remove = remove.filter((value) => !odd.has(value));
  }
  return () => false;
}

const keyOf = ({ type, value }: MemberRef): string => queueKey(type, value);

/** Those of these members that the directory does not have yet. */
export async function newMembers(records: OutboxRecords, members: readonly MemberRef[]): Promise<MemberRef[]> {
  const queues = await records.queuesOf(members.map(keyOf));
  return members.filter((member) => queues.get(keyOf(member))?.value.isNew === true);
}

/**
 * Notes for these members that a group waits for them, in a transaction. If the directory has got some of them meanwhile,
 * nothing is noted, and those are returned.
 */
export async function awaitMembers(records: OutboxRecords, members: readonly MemberRef[]): Promise<MemberRef[]> {
  const queues = await records.queuesOf(members.map(keyOf));
  const there = members.filter((member) => queues.get(keyOf(member))?.value.isNew !== true);
  if (there.length > 0) return there;
  for (const { key, value, version, dueAt } of queues.values()) {
    await records.queues.put(key, { ...value, awaited: value.awaited + 1 }, { expected: version, dueAt });
  }
  return [];
}

/** For an object that the directory has just got: the changes that make it a member of the groups that waited for it. */
export async function membershipsOf(
  resources: ResourceStorage,
  records: OutboxRecords,
  { partition, id, next, requestId, principal }: DeliveredChange,
): Promise<DeliveredChange[]> {
  const groups = (await resources.members?.groupsOf(partition.tenant, [id]))?.get(id) ?? [];
  const direct = groups.filter(({ type }) => type === "direct").map(({ value }) => value);
  const queues = await records.queuesOf(direct.map((group) => queueKey("Group", group)));
  return direct
    .filter((group) => queues.get(queueKey("Group", group))?.value.isNew !== true)
    .map((group) => ({
      ...{ action: "patch", event: "updated", changed: ["members"], requestId, principal },
      ...{ partition: { ...partition, type: "Group" }, id: group, next: { ...next, version: `${next.version}:${id}` } },
      ...{ added: [{ value: id, type: partition.type }], removed: [] },
    }));
}
