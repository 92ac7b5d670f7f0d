import { isUnchanged, type Write } from "../../server/requests/write.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { ApplicationIds } from "../changes/application-ids.ts";
import { deactivates, reactivates } from "../guard/active.ts";
import type { ChangedRoles, DeliveredChange, RoleOf } from "./delivered-change.ts";

/** How many members of a group are read at a time. */
const PAGE = 500;

/** The roles that groups give, by the SCIM id of the group. */
export type GroupRoles = ReadonlyMap<string, string>;

/** A role that a user gets or loses. */
export interface RoleHolder extends RoleOf {
  /** The application's own id of the user, if `saveUser` returned one. */
  readonly applicationId: string | undefined;
}

/** The roles that a change gives and takes. */
export interface RoleDelta {
  readonly granted: readonly RoleHolder[];
  readonly revoked: readonly RoleHolder[];
}

/** What finding out about roles needs. */
export interface RoleContext {
  readonly roles: GroupRoles;
  readonly resources: ResourceStorage;
  readonly ids: ApplicationIds;
}

/**
 * The roles that change with a write beside those of the members that it adds and removes: of the members of a group that
 * is deleted, and of a user that is deleted, deactivated or reactivated. They are read before the write.
 */
export async function rolesOfWrite(
  roles: GroupRoles,
  resources: ResourceStorage,
  write: Write,
): Promise<ChangedRoles | undefined> {
  const { partition, id, action } = write;
  if (roles.size === 0 || isUnchanged(write) || resources.members === undefined) return undefined;
  if (partition.type === "Group") {
    const role = roles.get(id);
    if (action !== "delete" || role === undefined) return undefined;
    return { granted: [], revoked: (await usersOf(resources, write)).map((user) => ({ user, role })) };
  }
  const isGranted = reactivates(write);
  if (partition.type !== "User" || !(isGranted || deactivates(write) || action === "delete")) return undefined;
  const groups = (await resources.members.groupsOf(partition.tenant, [id])).get(id) ?? [];
  const own = groups.flatMap(({ value, type }) => {
    const role = type === "direct" ? roles.get(value) : undefined;
    return role === undefined ? [] : [{ user: id, role }];
  });
  return isGranted ? { granted: own, revoked: [] } : { granted: [], revoked: own };
}

async function usersOf({ members }: ResourceStorage, { partition, id }: Write): Promise<string[]> {
  const users: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await members?.page(partition, id, { take: PAGE, after });
    users.push(...(page?.members ?? []).filter(({ type }) => type === "User").map(({ value }) => value));
    after = page?.next;
    if (after === undefined) return users;
  }
}

/** All roles that change with a delivered change, with the application's ids; undefined if there are none. */
export async function roleDeltaOf(
  change: DeliveredChange,
  { roles, resources, ids }: RoleContext,
): Promise<RoleDelta | undefined> {
  const { partition, id, added, removed, roles: own } = change;
  const role = partition.type === "Group" ? roles.get(id) : undefined;
  const granted = [...(own?.granted ?? [])];
  const revoked = [...(own?.revoked ?? [])];
  if (role !== undefined) {
    granted.push(...added.filter(({ type }) => type === "User").map(({ value }) => ({ user: value, role })));
    for (const user of removed) {
      // A member that was removed is named by its id alone, and may be a group.
      if ((await resources.find(partition, user)) === undefined) revoked.push({ user, role });
    }
  }
  if (granted.length === 0 && revoked.length === 0) return undefined;
  const users = new Set([...granted, ...revoked].map(({ user }) => user));
  const known = await ids.ofAll([...users].map((user) => ({ type: "User", id: user })));
  const withId = (each: RoleOf): RoleHolder => ({ ...each, applicationId: known.get(each.user) });
  return { granted: granted.map(withId), revoked: revoked.map(withId) };
}
