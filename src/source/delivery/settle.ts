import type { StateStorage } from "../../storage/storage.ts";
import type { DirectoryCommit } from "./commit.ts";
import { storedIntents } from "./intents.ts";

/**
 * Finishes changes that crashes and unknown outcomes left behind, if they are due, for all sources that `delivery`
 * knows by their ids. Returns how many intents are finished.
 */
export async function settleIntents(
  state: StateStorage,
  delivery: (sourceId: string) => DirectoryCommit | undefined,
  signal?: AbortSignal,
): Promise<number> {
  let settled = 0;
  const { entries, invalid } = await storedIntents(state, (sourceId) => delivery(sourceId) !== undefined);
  for (const entry of entries) {
    if (signal?.aborted === true) break;
    if (await delivery(entry.owner)?.settle(entry)) settled += 1;
  }
  // Reported after the others are settled.
  if (invalid[0] !== undefined) throw invalid[0];
  return settled;
}
