import type { StateStorage } from "../../storage/storage.ts";
import type { DirectoryCommit } from "./commit.ts";
import { storedIntents } from "./intents.ts";

/** The sources of this process. */
export interface HeldSources {
  /** Whether this process has the source with an id. */
  holds(sourceId: string): boolean;
  /** The delivery of a source; undefined for one without a directory. */
  deliveryOf(sourceId: string): Promise<DirectoryCommit | undefined>;
}

/**
 * Finishes changes that crashes and unknown outcomes left behind, if they are due, for all sources of this process.
 * Returns how many intents are finished. A source that fails does not keep the others from being settled.
 *
 * @throws the first failure, at the end
 */
export async function settleIntents(state: StateStorage, held: HeldSources, signal?: AbortSignal): Promise<number> {
  let settled = 0;
  const { entries, invalid } = await storedIntents(state, (sourceId) => held.holds(sourceId));
  const failures: unknown[] = [...invalid];
  for (const entry of entries) {
    if (signal?.aborted === true) break;
    try {
      const delivery = await held.deliveryOf(entry.owner);
      if (await delivery?.settle(entry)) settled += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return settled;
}
