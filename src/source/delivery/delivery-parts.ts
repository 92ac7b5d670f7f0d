import { isScimError } from "../../errors/scim-error.ts";
import type { ScimEvent } from "../../observe/events.ts";
import type { Write, WriteOutcome } from "../../server/requests/write.ts";
import type { Storage } from "../../storage/storage.ts";
import type { ApplicationIds } from "../changes/application-ids.ts";
import type { Subscribers } from "../changes/subscribers.ts";
import type { DeliveredChange } from "./delivered-change.ts";
import type { SourceDirectory } from "./source-directory.ts";

/** What delivering to a directory needs, whichever delivery it is. */
export interface DeliveryParts {
  readonly storage: Storage;
  readonly sourceId: string;
  readonly directory: SourceDirectory;
  /** Receive the confirmed changes, in the same transaction. */
  readonly subscribers: Subscribers;
  /** Computes the object that the directory saves; undefined if there is nothing to save. */
  readonly map: (write: Write) => Promise<DeliveredChange["mapped"]>;
  /** What is recorded of a write; undefined if nothing is. */
  readonly recordOf: (write: Write, outcome: WriteOutcome) => DeliveredChange["record"];
  readonly unknownMembers: "reject" | "accept";
  /** How long a delivery may take before the source gives up and another process may finish it, in milliseconds. */
  readonly leaseMs: number;
  /** How long to wait after a delivery with an unknown outcome before it is repeated, in milliseconds. */
  readonly retryMs: number;
  readonly now: () => number;
  readonly tell: (event: () => ScimEvent) => void;
}

/** Whether an error is a 4xx: a rejection that a repetition does not change. */
export function isRejection(error: unknown): boolean {
  return isScimError(error) && error.status >= 400 && error.status < 500;
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

/** Stores the application's id that a delivery returned, or forgets that of an object that was removed. */
export async function storeIds(
  ids: ApplicationIds,
  { action, partition, id }: DeliveredChange,
  { applicationId, former }: KnownIds,
): Promise<void> {
  const name = { type: partition.type, id };
  if (action === "delete" && former !== undefined) await ids.remove(name, former);
  if (applicationId !== undefined) await ids.set(name, applicationId, former);
}
