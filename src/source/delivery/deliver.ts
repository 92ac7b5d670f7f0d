import { UniquenessError } from "../../errors/request-errors.ts";
import { isScimError, ScimError } from "../../errors/scim-error.ts";
import type { MappedGroup, MappedUser } from "../../mapping/expressions/mapped-objects.ts";
import { isObject } from "../../values/is-object.ts";
import type { DeliveredChange } from "./delivered-change.ts";
import { type RoleContext, roleDeltaOf } from "./roles.ts";
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
  /** What finding out about roles needs; undefined if no group gives any. */
  readonly roles: RoleContext | undefined;
  readonly source: string;
  readonly password: string | undefined;
  readonly applicationId: string | undefined;
  readonly tx?: unknown;
}

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
    await delivery.remove(directory, change.id, context);
    await changeRoles(directory, change, extra);
    return undefined;
  }
  const applicationId = await save(directory, delivery, change, context);
  for (const group of change.leaves ?? []) {
    await directory.changeMembers(
      group,
      { added: [], removed: [change.id] },
      { ...context, ...HIDDEN, event: "updated" },
    );
  }
  if (change.added.length > 0 || change.removed.length > 0) {
    const members = { added: change.added, removed: change.removed };
    const own = { ...context, ...HIDDEN, applicationId: applicationId ?? context.applicationId };
    await directory.changeMembers(change.id, members, own);
  }
  await changeRoles(directory, change, extra);
  return applicationId;
}

/** What a call gets that saves no object. */
const HIDDEN = Object.freeze({ resource: undefined, before: undefined, password: undefined, passwordHash: undefined });

async function changeRoles(directory: SourceDirectory, change: DeliveredChange, extra: DeliveryExtra): Promise<void> {
  const delta = extra.roles && (await roleDeltaOf(change, extra.roles));
  if (delta !== undefined) await directory.changeRoles?.(delta, { ...contextOf(change, extra), ...HIDDEN });
}

async function save(
  directory: SourceDirectory,
  delivery: Delivery,
  change: DeliveredChange,
  context: DeliveryContext,
): Promise<string | undefined> {
  if (change.mapped === undefined) return undefined;
  try {
    return idOf(await delivery.save(directory, change.mapped as MappedUser & MappedGroup, context));
  } catch (error) {
    if (isTaken(error)) throw error.withDetail(`${error.detail}. ${TAKEN_OUTSIDE}`);
    throw violatesUnique(error) ? new UniquenessError(TAKEN_OUTSIDE, { cause: error }) : error;
  }
}

/** A client that gets a 409 searches for the resource that has the value. */
const TAKEN_OUTSIDE = "The value is taken outside of this source: no user or group of this source has it";

/** The codes of PostgreSQL (unique_violation) and SQLite (SQLITE_CONSTRAINT_UNIQUE and _PRIMARYKEY). */
const UNIQUE_VIOLATIONS: ReadonlySet<unknown> = new Set(["23505", 2067, 1555]);

/** Whether the application's own tables have rejected a value that must be unique. */
function violatesUnique(error: unknown): boolean {
  return isObject(error) && (UNIQUE_VIOLATIONS.has(error.code) || UNIQUE_VIOLATIONS.has(error.errcode));
}

function isTaken(error: unknown): error is ScimError {
  return isScimError(error) && error.status === 409 && error.scimType === "uniqueness";
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

/** An adopted account is there already, and one that is deactivated or unlinked stays. */
function actionOf({ action, adoption, removal }: DeliveredChange): DeliveryContext["action"] {
  if (action === "create") return adoption === undefined ? "create" : "update";
  return action === "delete" && removal === undefined ? "delete" : "update";
}

function idOf(saved: unknown): string | undefined {
  if (saved === undefined || saved === null) return undefined;
  if (isObject(saved) && typeof saved.id === "string" && saved.id !== "") return saved.id;
  throw new TypeError("directory: saveUser and saveGroup must return nothing, or an object with the id as a text");
}

function contextOf(change: DeliveredChange, extra: DeliveryExtra): DeliveryContext {
  const { id, after, before, event, changed, requestId, principal, passwordHash, unverified } = change;
  const { source, password, applicationId, tx } = extra;
  return {
    idempotencyKey: `${id}:${change.next.version}`,
    action: actionOf(change),
    resource: after && { ...after.attributes, id },
    before: before && { ...before, id },
    ...{ event, changed, requestId, principal, passwordHash, unverified },
    ...{ source, password, applicationId, tx },
  };
}
