import pLimit from "p-limit";
import type { StateStorage } from "../../storage/storage.ts";
import { type DirectoryDelivery, dueOutboxes } from "./directory-delivery.ts";
import { storedIntents } from "./intents.ts";

/** So many users and groups are delivered at a time. */
const CONCURRENCY = 4;

/** The sources of this process. */
export interface HeldSources {
  /** Whether this process has the source with an id. */
  holds(sourceId: string): boolean;
  /** The delivery of a source; undefined for one without a directory. */
  deliveryOf(sourceId: string): Promise<DirectoryDelivery | undefined>;
}

/** When, and until when, changes are settled. */
export interface SettleContext {
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finishes changes that crashes and unknown outcomes left behind, and delivers what waits in outboxes, if they are due, for
 * all sources of this process. Returns how many changes are finished. One that fails does not keep others from being
 * finished.
 *
 * @throws the first failure, at the end
 */
export async function settleDeliveries(
  state: StateStorage,
  held: HeldSources,
  { now, signal }: SettleContext,
): Promise<number> {
  const intents = await storedIntents(state, (sourceId) => held.holds(sourceId));
  const queues = await dueOutboxes(state, now());
  const failures: unknown[] = [...intents.invalid, ...queues.invalid];
  const limit = pLimit(CONCURRENCY);
  const counted = async (owner: string, work: (delivery: DirectoryDelivery) => Promise<number>): Promise<number> => {
    if (signal?.aborted === true) return 0;
    try {
      const delivery = await held.deliveryOf(owner);
      return delivery === undefined ? 0 : await work(delivery);
    } catch (error) {
      failures.push(error);
      return 0;
    }
  };
  const settled = intents.entries.map((entry) =>
    limit(() => counted(entry.owner, async (delivery) => ((await delivery.settle(entry)) ? 1 : 0))),
  );
  const delivered = queues.entries
    .filter(({ owner }) => held.holds(owner))
    .map((entry) => limit(() => counted(entry.owner, (delivery) => delivery.deliverFrom(entry))));
  const counts = await Promise.all([...settled, ...delivered]);
  if (failures.length > 0) throw failures[0];
  return counts.reduce((sum, count) => sum + count, 0);
}
