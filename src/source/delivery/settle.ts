import type { OwnedEntry } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import { type DirectoryDelivery, dueOutboxes } from "./directory-delivery.ts";
import { storedIntents } from "./intents.ts";

/** How many due queues are read at first; twice as many each time if most belong to sources of other processes. */
const DUE_BATCH = 200;
/** The most rounds of one run: the next run finds what is left. */
const MOST_ROUNDS = 1000;

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

/** What a run has come to so far. */
interface Settled {
  count: number;
  readonly failures: unknown[];
}

/**
 * Finishes changes that crashes and unknown outcomes left behind, and delivers what waits in outboxes, as far as it is due,
 * for all sources of this process. Returns how many changes are finished. One that fails does not keep others from being
 * finished.
 *
 * @throws the first failure, at the end
 */
export async function settleDeliveries(
  state: StateStorage,
  held: HeldSources,
  context: SettleContext,
): Promise<number> {
  const settled: Settled = { count: 0, failures: [] };
  await settleIntents(state, held, { ...context, settled });
  await deliverOutboxes(state, held, { ...context, settled });
  if (settled.failures.length > 0) throw settled.failures[0];
  return settled.count;
}

/** The sources are settled side by side, so that none waits for the directory of another one. */
async function settleIntents(
  state: StateStorage,
  held: HeldSources,
  { signal, settled }: SettleContext & { readonly settled: Settled },
): Promise<void> {
  const { entries, invalid } = await storedIntents(state, (sourceId) => held.holds(sourceId));
  settled.failures.push(...invalid);
  const settleAll = async (owner: string, own: typeof entries): Promise<void> => {
    for (const entry of own) {
      if (signal?.aborted === true) return;
      try {
        if (await (await held.deliveryOf(owner))?.settle(entry)) settled.count += 1;
      } catch (error) {
        settled.failures.push(error);
      }
    }
  };
  const byOwner = Map.groupBy(entries, ({ owner }) => owner);
  await Promise.all([...byOwner].map(([owner, own]) => settleAll(owner, own)));
}

/** Each source delivers as many objects at a time as it may, until nothing is due. */
async function deliverOutboxes(
  state: StateStorage,
  held: HeldSources,
  { now, signal, settled }: SettleContext & { readonly settled: Settled },
): Promise<void> {
  /** Sources that cannot deliver: they have no directory or no options any more, or failed. */
  const idle = new Set<string>();
  const deliver = async ({ owner, key }: OwnedEntry<unknown>): Promise<void> => {
    try {
      const delivery = idle.has(owner) ? undefined : await held.deliveryOf(owner);
      if (delivery === undefined) idle.add(owner);
      settled.count += (await delivery?.deliverFrom(key, signal)) ?? 0;
    } catch (error) {
      settled.failures.push(error);
      idle.add(owner);
    }
  };
  for (let round = 0, take = DUE_BATCH; round < MOST_ROUNDS && signal?.aborted !== true; round += 1) {
    const { entries, invalid, isAll } = await dueOutboxes(state, { before: now(), take });
    const own = entries.filter(({ owner }) => held.holds(owner) && !idle.has(owner));
    if (own.length > 0) await Promise.all(own.map(deliver));
    else if (isAll) return void settled.failures.push(...invalid);
    else take *= 2;
  }
}
