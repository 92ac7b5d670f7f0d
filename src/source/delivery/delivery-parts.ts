import type { Sealer } from "../../crypto/create-sealer.ts";
import { isScimError } from "../../errors/scim-error.ts";
import type { ScimEvent } from "../../observe/events.ts";
import type { Write, WriteOutcome } from "../../server/requests/write.ts";
import type { UnknownMembers } from "../../server/writes/change-members.ts";
import type { Storage } from "../../storage/storage.ts";
import type { ApplicationIds } from "../changes/application-ids.ts";
import type { Subscribers } from "../changes/subscribers.ts";
import type { DeliveredChange, MappedChange } from "./delivered-change.ts";
import type { SourceDirectory } from "./source-directory.ts";

/** What delivering to a directory needs, whichever delivery it is. */
export interface DeliveryParts {
  readonly storage: Storage;
  readonly sourceId: string;
  readonly directory: SourceDirectory;
  /** Receive the confirmed changes, in the same transaction. */
  readonly subscribers: Subscribers;
  /** Computes the object that the directory saves, and what else it should know. */
  readonly map: (write: Write) => Promise<MappedChange>;
  /** What is recorded of a write; undefined if nothing is. */
  readonly recordOf: (write: Write, outcome: WriteOutcome) => DeliveredChange["record"];
  readonly unknownMembers: UnknownMembers;
  /** The roles that groups mean, by the id of the group. */
  readonly roles: ReadonlyMap<string, string> | undefined;
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
export function mayBeKnown({ action, restored }: Pick<DeliveredChange, "action" | "restored">): boolean {
  return action !== "create" || restored === true;
}

/** Stores the application's id that a delivery returned, or forgets that of an object that was removed. */
export async function storeIds(
  ids: ApplicationIds,
  { action, partition, id, removal, adopted }: DeliveredChange,
  { applicationId, former }: KnownIds,
): Promise<void> {
  const name = { type: partition.type, id };
  // A user who was only deactivated or unlinked may come back, and then has the same account.
  if (action === "delete" && removal === undefined && former !== undefined) await ids.remove(name, former);
  if (applicationId !== undefined)
    await ids.set(name, applicationId, { former, isAdopted: adopted === undefined ? undefined : true });
}
