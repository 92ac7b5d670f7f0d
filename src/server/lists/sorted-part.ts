import type { Found, ListPart, ReadPart } from "./list-part.ts";

/** A part that is read in its order, one resource after the other. */
export interface SortedPart {
  /** All matches. */
  readonly total: number;
  /** The next resource, if any. */
  head(): Found | undefined;
  /** Moves on to the resource after it. */
  advance(): Promise<void>;
}

/** Opens a part; `chunk` resources of it are in memory at a time. */
export async function openSortedPart(
  read: ReadPart,
  part: ListPart,
  { chunk, hasCursors }: { readonly chunk: number; readonly hasCursors: boolean },
): Promise<SortedPart> {
  let page = await read(part, { take: chunk, count: true });
  let index = 0;
  let seen = page.resources.length;
  const hasMore = (): boolean => (hasCursors ? page.next !== undefined : page.resources.length === chunk);
  return {
    total: page.total ?? 0,
    head: () => {
      const resource = page.resources[index];
      return resource === undefined ? undefined : { part, resource };
    },
    advance: async () => {
      index += 1;
      if (index < page.resources.length || !hasMore()) return;
      page = await read(part, { ...(hasCursors ? { after: page.next } : { skip: seen }), take: chunk });
      index = 0;
      seen += page.resources.length;
    },
  };
}
