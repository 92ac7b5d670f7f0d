import type { StateStorage } from "../../../storage/state-storage.ts";

/** How many records are read at a time. */
const PAGE = 500;
/** The most pages of one run. The rest is left for the next one. */
const MAX_PAGES = 200;

/**
 * Removes the records of a collection that are due: expired access tokens and assertions that can be used no more, of all
 * sources of the storage.
 */
export async function purgeDue(
  state: StateStorage,
  collection: string,
  { before, signal }: { readonly before: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const due = await state.due(collection, before, PAGE);
    for (const { key, version } of due) {
      if (signal?.aborted === true) return;
      await state.delete(collection, key, version);
    }
    if (due.length < PAGE) return;
  }
}
