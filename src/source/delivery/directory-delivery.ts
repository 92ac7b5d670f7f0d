import type { Commit } from "../../server/requests/write.ts";
import type { DueEntries } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import type { DeliveryParts } from "./delivery-parts.ts";
import type { IntentEntry } from "./intents.ts";
import { JoinedDelivery, type RunJoined } from "./joined-delivery.ts";
import { OutboxDelivery } from "./outbox-delivery.ts";
import { dueQueues, type OutboxQueue } from "./outbox-records.ts";
import { PendingDeliveries } from "./pending-deliveries.ts";
import { SyncDelivery } from "./sync-delivery.ts";

/** When a directory gets a change. */
export type DeliveryMode = "sync" | "joined" | "outbox";

/** Delivers the changes of one source to its directory. */
export interface DirectoryDelivery {
  readonly commit: Commit;
  readonly pending: PendingDeliveries;
  /**
   * Writes that the directory knows already, in `within`, a transaction of the application, or in one of their own. They
   * wait for what is still to be delivered of the same object.
   */
  known(store: StoreWrite, within: Storage | undefined): Commit;
  /** Finishes an intent of a delivery within the request. Returns whether it is finished. */
  settle(entry: IntentEntry): Promise<boolean>;
  /** Delivers what waits in a queue of the outbox. Returns how many changes were delivered. */
  deliverFrom(key: string, signal?: AbortSignal): Promise<number>;
  idle(): Promise<void>;
}

/** Stores a write in a transaction; `require` is called first, in the same transaction. */
export type StoreWrite = (require: (tx: Storage) => Promise<void>) => Commit;

/**
 * The delivery of a source. What another mode left behind, because the option was changed, is finished by it too.
 */
export function directoryDelivery(
  mode: DeliveryMode,
  parts: DeliveryParts,
  joined: RunJoined | undefined,
): DirectoryDelivery {
  const sync = new SyncDelivery(parts);
  const outbox = new OutboxDelivery(parts);
  const commit = mode === "outbox" ? outbox.commit : sync.commit;
  return {
    commit: mode === "joined" && joined !== undefined ? new JoinedDelivery(parts, joined, sync).commit : commit,
    pending: new PendingDeliveries(parts),
    known: (store, within) => (write, apply) => {
      const stored = store(async (tx) => {
        await sync.requireNone(tx, write);
        await outbox.requireNone(tx, write);
      });
      // Inside of a transaction nothing may wait for others: they may wait for the end of the transaction.
      return within === undefined ? sync.inOrder(write, () => stored(write, apply)) : stored(write, apply);
    },
    settle: (entry) => sync.settle(entry),
    deliverFrom: (key, signal) => outbox.deliverFrom(key, signal),
    idle: () => outbox.idle(),
  };
}

/** The queues of outboxes that are due, of all sources. */
export function dueOutboxes(
  state: StateStorage,
  query: { readonly before: number; readonly take: number },
): Promise<DueEntries<OutboxQueue>> {
  return dueQueues(state, query);
}
