import { ForbiddenError } from "../../errors/request-errors.ts";
import type { Write } from "../../server/requests/write.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import { endsAccess } from "./active.ts";
import type { GroupFloor } from "./guard-options.ts";

const PAGE = 200;
/** So many members are read at most to find enough active ones. */
const MOST = 2000;

/**
 * Refuses a write after which a group would have too few active members.
 *
 * @throws {ForbiddenError} naming the group
 */
export async function checkFloors(
  resources: ResourceStorage,
  floors: readonly GroupFloor[],
  write: Write,
): Promise<void> {
  for (const floor of floors) {
    const leaving = await leavingOf(resources, floor, write);
    if (leaving === undefined) continue;
    if (leaving !== "all" && (await keepsEnough(resources, floor, write.partition.tenant, leaving))) continue;
    throw new ForbiddenError(
      `The group ${floor.group} must keep ${floor.atLeast} active member${floor.atLeast > 1 ? "s" : ""}`,
    );
  }
}

/** The members that a write takes out of a group, or deactivates; undefined if it is not about the group. */
async function leavingOf(
  resources: ResourceStorage,
  { group }: GroupFloor,
  write: Write,
): Promise<readonly string[] | "all" | undefined> {
  const { partition, id, action, members } = write;
  if (partition.type === "Group") {
    if (id !== group) return undefined;
    if (action === "delete") return "all";
    return members === undefined || members.remove.length === 0 ? undefined : members.remove;
  }
  if (partition.type !== "User" || !endsAccess(write) || resources.members === undefined) return undefined;
  const groups = (await resources.members.groupsOf(partition.tenant, [id])).get(id) ?? [];
  return groups.some(({ value }) => value === group) ? [id] : undefined;
}

async function keepsEnough(
  resources: ResourceStorage,
  { group, atLeast }: GroupFloor,
  tenant: string,
  leaving: readonly string[],
): Promise<boolean> {
  const gone = new Set(leaving);
  let kept = 0;
  let read = 0;
  for (let after: string | undefined; read < MOST; ) {
    const page = await resources.members?.page({ tenant, type: "Group" }, group, { take: PAGE, after });
    for (const { value, type } of page?.members ?? []) {
      read += 1;
      if (type !== "User" || gone.has(value)) continue;
      const user = await resources.find({ tenant, type: "User" }, value);
      if (user !== undefined && user.attributes.active !== false) kept += 1;
      if (kept >= atLeast) return true;
    }
    after = page?.next;
    if (after === undefined) break;
  }
  return false;
}
