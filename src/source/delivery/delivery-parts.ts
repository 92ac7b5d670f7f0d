import type { Sealer } from "../../crypto/create-sealer.ts";
import { isScimError } from "../../errors/scim-error.ts";
import type { ScimEvent } from "../../observe/events.ts";
import type { Write, WriteOutcome } from "../../server/requests/write.ts";
import type { UnknownMembers } from "../../server/writes/change-members.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import type { ApplicationIds } from "../changes/application-ids.ts";
import type { Subscribers } from "../changes/subscribers.ts";
import type { DeliveredChange, MappedChange } from "./delivered-change.ts";
import type { GroupRoles, RoleContext } from "./roles.ts";
import type { SourceDirectory } from "./source-directory.ts";

/** What delivering to a directory needs, whichever delivery it is. */
export interface DeliveryParts {
  readonly storage: Storage;
  readonly sourceId: string;
  readonly directory: SourceDirectory;
  /** The application's ids, in a transaction if `state` belongs to one. */
  readonly ids: (state: StateStorage) => ApplicationIds;
  /** The roles that groups give. */
  readonly roles: GroupRoles;
  /** Receive the confirmed changes, in the same transaction. */
  readonly subscribers: Subscribers;
  /** Computes the object that the directory saves, and what else it should know. */
  readonly map: (write: Write) => Promise<MappedChange>;
  /** What is recorded of a write; undefined if nothing is. */
  readonly recordOf: (write: Write, outcome: WriteOutcome, mapped: MappedChange) => DeliveredChange["record"];
  readonly unknownMembers: UnknownMembers;
  /** How long a delivery may take before the source gives up and another process may finish it, in milliseconds. */
  readonly leaseMs: number;
  /** How long to wait after a delivery with an unknown outcome before it is repeated, in milliseconds. */
  readonly retryMs: number;
  /** Encrypts passwords while they wait; undefined if they are not stored. */
  readonly sealer: Sealer | undefined;
  readonly newId: () => string;
  readonly now: () => number;
  readonly tell: (event: () => ScimEvent) => void;
}

/** Whether an error is a 4xx: a rejection that a repetition does not change. */
export function isRejection(error: unknown): boolean {
  return isScimError(error) && error.status >= 400 && error.status < 500;
}

/** The password of a write, encrypted; undefined if there is none, or no key. */
export async function sealPassword({ sealer }: DeliveryParts, write: Write): Promise<string | undefined> {
  const { id, next, secrets, partition } = write;
  const { password } = secrets;
  if (typeof password !== "string" || sealer === undefined) return undefined;
  return sealer.seal(new TextEncoder().encode(password), sealContext({ partition, id, next }));
}

/** The password of a stored change. If no key opens it, the change is delivered without it, and an event says so. */
export async function openPassword(
  { sealer, sourceId: source, tell }: DeliveryParts,
  change: DeliveredChange,
): Promise<string | undefined> {
  if (change.sealed === undefined || sealer === undefined) return undefined;
  try {
    return new TextDecoder().decode(await sealer.open(change.sealed, sealContext(change)));
  } catch (error) {
    tell(() => ({ type: "source.error", source, tenant: source, error }));
    return undefined;
  }
}

function sealContext({ partition, id, next }: Pick<DeliveredChange, "partition" | "id" | "next">): string {
  return JSON.stringify(["password", partition.tenant, partition.type, id, next.version]);
}

/** The application's id of an object, before and after a delivery. */
export interface KnownIds {
  readonly applicationId: string | undefined;
  readonly former: string | undefined;
}

/** The application's id of the changed object, for those whose ids are announced. */
export function knownIds({ id }: DeliveredChange, applicationId: string | undefined): ReadonlyMap<string, string> {
  return new Map(applicationId === undefined ? [] : [[id, applicationId]]);
}

/** Whether the application may know an object already. A new object has no id of the application. */
export function mayBeKnown({ action, restored, adoption }: DeliveredChange): boolean {
  return action !== "create" || restored === true || adoption !== undefined;
}

/** The write as it is delivered: the password of an adopted account is not replaced at first contact. */
export function deliveredWrite(write: Write, { adoption }: MappedChange): Write {
  return adoption === undefined ? write : { ...write, secrets: {} };
}

/** Reserves an account that is adopted, in the transaction before the directory is called. */
export async function reserveAccount(ids: ApplicationIds, change: DeliveredChange): Promise<void> {
  const { partition, id, adoption } = change;
  if (adoption === undefined) return;
  await ids.adopt({ type: partition.type, id }, { id: adoption.applicationId, kept: adoption.kept });
}

/** Tells the observer that an account was adopted, if one was. */
export function tellAdoption({ sourceId: source, tell }: DeliveryParts, change: DeliveredChange): void {
  const { partition, id, adoption, requestId } = change;
  if (adoption === undefined) return;
  const { applicationId, by } = adoption;
  const event = { source, tenant: source, resourceType: partition.type, id, requestId };
  tell(() => ({ type: "source.adopted", ...event, applicationId, by }));
}

/** What finding out about roles needs, over a storage or in its transaction; undefined if no group gives any. */
export function roleContext({ roles, ids }: DeliveryParts, storage: Storage): RoleContext | undefined {
  return roles.size === 0 ? undefined : { roles, resources: storage.resources, ids: ids(storage.state) };
}

/** Stores the application's id that a delivery returned, or forgets that of an object that was removed. */
export async function storeIds(
  ids: ApplicationIds,
  { action, partition, id, removal, keepsId, keep }: DeliveredChange,
  { applicationId, former }: KnownIds,
): Promise<void> {
  const name = { type: partition.type, id };
  if (keep !== undefined) await ids.keep(name, keep);
  // A user who was only deactivated or unlinked may be restored, and then has the same account.
  const isForgotten = action === "delete" && (removal === undefined || keepsId !== true);
  if (isForgotten && former !== undefined) return ids.remove(name, former);
  if (applicationId !== undefined) await ids.set(name, applicationId, former);
}
