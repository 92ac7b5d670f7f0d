import type { Commit } from "../../server/requests/write.ts";
import type { DueEntries, OwnedEntry } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/storage.ts";
import type { IntentEntry } from "./intents.ts";
import { JoinedDelivery, type JoinedParts } from "./joined-delivery.ts";
import { OutboxDelivery, type OutboxParts } from "./outbox-delivery.ts";
import { dueQueues, type OutboxQueue } from "./outbox-records.ts";
import { PendingDeliveries } from "./pending-deliveries.ts";
import { SyncDelivery } from "./sync-delivery.ts";

/** When a directory gets a change. */
export type DeliveryMode = "sync" | "joined" | "outbox";

/** Delivers the changes of one source to its directory. */
export interface DirectoryDelivery {
  readonly commit: Commit;
  readonly pending: PendingDeliveries;
  /** Finishes an intent of a delivery within the request. Returns whether it is finished. */
  settle(entry: IntentEntry): Promise<boolean>;
  /** Delivers what waits in a queue of the outbox. Returns how many changes were delivered. */
  deliverFrom(entry: OwnedEntry<OutboxQueue>): Promise<number>;
  idle(): Promise<void>;
}

/**
 * The delivery of a source. What another mode left behind, because the option was changed, is finished by it too.
 */
export function directoryDelivery(
  mode: DeliveryMode,
  parts: OutboxParts,
  joined: Pick<JoinedParts, "transaction" | "within"> | undefined,
): DirectoryDelivery {
  const sync = new SyncDelivery(parts);
  const outbox = new OutboxDelivery(parts);
  const commit = mode === "outbox" ? outbox.commit : sync.commit;
  return {
    commit: mode === "joined" && joined !== undefined ? new JoinedDelivery({ ...parts, ...joined }).commit : commit,
    pending: new PendingDeliveries(parts),
    settle: (entry) => sync.settle(entry),
    deliverFrom: (entry) => outbox.deliverFrom(entry),
    idle: () => outbox.idle(),
  };
}

/** The queues of outboxes that are due, of all sources. */
export function dueOutboxes(state: StateStorage, now: number): Promise<DueEntries<OutboxQueue>> {
  return dueQueues(state, { before: now, take: 200 });
}
