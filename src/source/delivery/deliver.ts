import { isScimError, ScimError } from "../../errors/scim-error.ts";
import type { MappedGroup, MappedUser } from "../../mapping/expressions/mapped-objects.ts";
import { isObject } from "../../values/is-object.ts";
import type { DeliveredChange } from "./delivered-change.ts";
import type { DeliveryContext, SavedObject, SourceDirectory } from "./source-directory.ts";

/** How resources of one type reach a directory. */
interface Delivery {
  save(
    directory: SourceDirectory,
    object: MappedUser & MappedGroup,
    context: DeliveryContext,
  ): Promise<SavedObject | undefined> | Promise<void>;
  remove(directory: SourceDirectory, id: string, context: DeliveryContext): Promise<void>;
}

/**
 * The resource types a directory takes, by name. Resources of other types stay in the source and are not delivered. A map,
 * since a type can have the name of a property that every object inherits, such as `constructor`.
 */
const DELIVERIES: ReadonlyMap<string, Delivery> = new Map<string, Delivery>([
  [
    "User",
    {
      save: (directory, user, context) => directory.saveUser(user, context),
      remove: (directory, id, context) => directory.removeUser(id, context),
    },
  ],
  [
    "Group",
    {
      save: (directory, group, context) => directory.saveGroup(group, context),
      remove: (directory, id, context) => directory.removeGroup(id, context),
    },
  ],
]);

/** What a directory gets beside the change. */
export interface DeliveryExtra {
  readonly source: string;
  readonly password: string | undefined;
  readonly applicationId: string | undefined;
  /** The roles that groups mean, by the id of the group. */
  readonly roles: GroupRoles | undefined;
  readonly tx?: unknown;
}

/** Roles by the ids of their groups. */
export type GroupRoles = ReadonlyMap<string, string>;

/** Whether a directory takes resources of this type. */
export function isDelivered(type: string): boolean {
  return DELIVERIES.has(type);
}

/**
 * Delivers a change to a directory. Returns the application's own id of the object, if the directory tells it. An error
 * of the directory is passed on as it is.
 */
export async function deliver(
  directory: SourceDirectory,
  change: DeliveredChange,
  extra: DeliveryExtra,
): Promise<string | undefined> {
  const delivery = DELIVERIES.get(change.partition.type);
  if (delivery === undefined) return undefined;
  const context = contextOf(change, extra);
  if (change.removal === "unlink") return undefined;
  if (change.action === "delete" && change.removal === undefined) {
    const role = change.partition.type === "Group" ? extra.roles?.get(change.id) : undefined;
    if (role !== undefined) await directory.changeRole?.(role, { granted: [], revoked: "all" }, context);
    await delivery.remove(directory, change.id, context);
    return undefined;
  }
  const applicationId = await save(directory, delivery, change, context);
  checkAdopted(change, applicationId);
  const hidden = { resource: undefined, before: undefined, password: undefined, passwordHash: undefined };
  for (const group of change.leaves ?? []) {
    await directory.changeMembers(
      group,
      { added: [], removed: [change.id] },
      { ...context, ...hidden, event: "updated" },
    );
  }
  if (change.added.length > 0 || change.removed.length > 0) {
    const members = { added: change.added, removed: change.removed };
    const own = { ...context, ...hidden, applicationId: applicationId ?? context.applicationId };
    await directory.changeMembers(change.id, members, own);
    await changeRole(directory, change, { roles: extra.roles, context: own });
  }
  return applicationId;
}

/** Grants and revokes the role that a group means. Groups within the group are not followed. */
async function changeRole(
  directory: SourceDirectory,
  { partition, id, added, removed }: Pick<DeliveredChange, "partition" | "id" | "added" | "removed">,
  { roles, context }: { readonly roles: GroupRoles | undefined; readonly context: DeliveryContext },
): Promise<void> {
  const role = partition.type === "Group" ? roles?.get(id) : undefined;
  if (role === undefined) return;
  const granted = added.filter(({ type }) => type === "User").map(({ value }) => value);
  await directory.changeRole?.(role, { granted, revoked: removed }, context);
}

/** @throws {TypeError} when the directory has saved an adopted user as another account */
function checkAdopted({ adopted }: DeliveredChange, applicationId: string | undefined): void {
  if (adopted === undefined || applicationId === undefined || applicationId === adopted.id) return;
  throw new TypeError("directory: saveUser must save an adopted user as the account context.applicationId");
}

async function save(
  directory: SourceDirectory,
  delivery: Delivery,
  change: DeliveredChange,
  context: DeliveryContext,
): Promise<string | undefined> {
  if (change.mapped === undefined) return undefined;
  const saved = await Promise.resolve(
    delivery.save(directory, change.mapped as MappedUser & MappedGroup, context),
  ).catch((error: unknown) => {
    throw withPlace(error);
  });
  const id = idOf(saved);
  return id ?? change.adopted?.id;
}

/** A conflict in the directory. A look-up in this source does not find the value, so the text says where it is. */
function withPlace(error: unknown): unknown {
  if (!isScimError(error) || error.scimType !== "uniqueness") return error;
  return error.withDetail(`${error.detail} (in the application, outside of this source)`);
}

/** Whether sessions must be ended after a change. */
export function endsSessions(directory: SourceDirectory, change: DeliveredChange): boolean {
  const { event, partition, mapped } = change;
  return (
    directory.revokeSessions !== undefined &&
    event === "deactivated" &&
    partition.type === "User" &&
    mapped !== undefined
  );
}

/**
 * Ends the sessions of a user who was deactivated: after the flag, since a user who is still active could sign in again
 * at once.
 *
 * @throws {ScimError} 500, whatever the directory throws: the flag is set, so that the change cannot be rejected any more
 */
export async function revokeSessions(
  directory: SourceDirectory,
  change: DeliveredChange,
  extra: DeliveryExtra,
): Promise<void> {
  try {
    await directory.revokeSessions?.(change.id, contextOf(change, extra));
  } catch (cause) {
    throw new ScimError("The user is deactivated, but not all sessions could be ended", { status: 500, cause });
  }
}

function idOf(saved: unknown): string | undefined {
  if (saved === undefined || saved === null) return undefined;
  if (isObject(saved) && typeof saved.id === "string" && saved.id !== "") return saved.id;
  throw new TypeError("directory: saveUser and saveGroup must return nothing, or an object with the id as a text");
}

function contextOf(change: DeliveredChange, extra: DeliveryExtra): DeliveryContext {
  const { action, id, after, before, event, changed, requestId, principal, passwordHash, unverified, removal } = change;
  const { roles: _, ...given } = extra;
  return {
    idempotencyKey: `${id}:${change.next.version}`,
    action: action === "create" || (action === "delete" && removal === undefined) ? action : "update",
    resource: after && { ...after.attributes, id },
    before: before && { ...before, id },
    ...{ event, changed, requestId, principal, passwordHash, unverified },
    ...given,
    applicationId: extra.applicationId ?? change.adopted?.id,
    adoptedBy: change.adopted?.by,
    tx: extra.tx,
  };
}
