import type { UnknownMembers } from "../../server/writes/change-members.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { DeliveredChange } from "./delivered-change.ts";

/**
 * Writes a change that was checked before. Members that would now make a cycle are left out. Members that have been
 * deleted since are left out too, unless unknown members are accepted: their memberships would have been deleted with
 * them. Returns the ids of the members that were left out.
 */
export async function applyChange(
  resources: ResourceStorage,
  change: DeliveredChange,
  unknownMembers: UnknownMembers,
): Promise<readonly string[]> {
  const { partition, id, after, added, removed, next } = change;
  if (change.action === "delete") {
    await resources.remove(partition, id);
    return [];
  }
  if (after !== undefined) {
    if (change.expectedVersion === undefined) await resources.insert(partition, after);
    else await resources.replace(partition, after, change.expectedVersion);
  }
  if ((added.length === 0 && removed.length === 0) || resources.members === undefined) return [];
  const members = {
    add: added,
    remove: removed,
    next,
    unknown: unknownMembers === "accept" ? ("accept" as const) : ("reject" as const),
  };
  const { unknown, cyclic } = await resources.members.change(partition, id, members);
  const gone = new Set([...unknown, ...cyclic]);
  if (gone.size === 0) return [];
  const present = added.filter((member) => !gone.has(member.value));
  await resources.members.change(partition, id, { ...members, add: present });
  return [...gone];
}
