import { TooManyError } from "../../errors/request-errors.ts";
import type { ListPage } from "../lists/in-sequence.ts";
import { type Listing, pageByCursor, pageByIndex } from "../lists/list-page.ts";
import type { ListPosition } from "../requests/cursors.ts";
import type { BoundedText } from "../responses/bounded-text.ts";
import { responseText, tooLargeToShow } from "../responses/represent.ts";
import { writeResources } from "../responses/write-resources.ts";

/** Resources that are in memory at once. */
const CHUNK = 100;

/** A page as JSON. */
export interface WrittenPage {
  /** The resources, with commas between them. */
  readonly text: BoundedText;
  readonly count: number;
  /** All matches; undefined on the later pages of a listing by cursor. */
  readonly total: number | undefined;
  /** Where the next page by cursor begins; undefined at the end. */
  readonly next: ListPosition | undefined;
}

/** Reads the next resources, so many of them. */
type Read = (take: number) => Promise<ListPage>;

/**
 * Writes a page by index. It is read in chunks, so that memory is bounded by what is written.
 *
 * @throws {TooManyError} when it is larger than `maxResponseBytes`. A shorter page would be wrong: a client that adds
 * `count` to `startIndex` would skip the rest.
 */
export function writePageByIndex(
  listing: Listing,
  { skip, take }: { readonly skip: number; readonly take: number },
): Promise<WrittenPage> {
  return writePage(listing, (size) => pageByIndex(listing, { skip, take: size }), {
    take,
    writeChunk: async (read, size, text) => {
      const page = await read(size);
      const written = await writeResources(listing.requestContext, page.found, text);
      if (written < page.found.length) throw tooLargePage(listing);
      return { page, isFull: false };
    },
  });
}

/**
 * Writes a page by cursor, in chunks too. It ends before a resource for which `maxResponseBytes` leave no room.
 *
 * @throws {TooManyError} when there is no room for its first resource
 */
export function writePageByCursor(
  listing: Listing,
  { position, take }: { readonly position: ListPosition | undefined; readonly take: number },
): Promise<WrittenPage> {
  const first: Read = (size) => pageByCursor(listing, { position, take: size });
  return writePage(listing, first, {
    take,
    writeChunk: (read, size, text) => writeSome(listing, read, { size, text }),
  });
}

/** A chunk that was written, and whether there was no room for more. */
interface WrittenChunk {
  /** Undefined if there was room for none of its resources. */
  readonly page: ListPage | undefined;
  readonly isFull: boolean;
}

async function writePage(
  listing: Listing,
  first: Read,
  {
    take,
    writeChunk,
  }: {
    readonly take: number;
    readonly writeChunk: (read: Read, size: number, text: BoundedText) => Promise<WrittenChunk>;
  },
): Promise<WrittenPage> {
  const { resources } = listing.requestContext.context;
  const text = responseText(listing.requestContext);
  // A storage may have to sort everything for each chunk of a sorted list.
  const most = listing.sort === undefined && resources.capabilities.cursor ? CHUNK : take;
  let read = first;
  let count = 0;
  let total: number | undefined;
  let next: ListPosition | undefined;
  for (;;) {
    const { page, isFull } = await writeChunk(read, Math.min(most, take - count), text);
    if (page !== undefined) {
      count += page.found.length;
      total ??= page.total;
      next = page.next;
    }
    if (page === undefined && count === 0) throw tooLargeToShow(listing.requestContext);
    if (isFull || next === undefined || count >= take) return { text, count, total, next };
    const position = next;
    read = (size) => pageByCursor(listing, { position, take: size });
  }
}

/**
 * Writes the resources of a chunk for which there is room. If not all have room, the chunk is read again with those
 * that have, since only the storage knows the cursor after the last of them.
 */
async function writeSome(
  { requestContext }: Listing,
  read: Read,
  { size, text }: { readonly size: number; readonly text: BoundedText },
): Promise<WrittenChunk> {
  const begin = text.mark();
  let page = await read(size);
  for (let isFull = false; ; isFull = true) {
    const written = await writeResources(requestContext, page.found, text);
    if (written === page.found.length) return { page, isFull };
    if (written === 0) return { page: undefined, isFull: true };
    const shorter = await read(written);
    if (hasSameResources(shorter, page.found.slice(0, written))) return { page: shorter, isFull: true };
    // Another client has changed the list in between.
    text.cutTo(begin);
    page = shorter;
  }
}

function hasSameResources({ found }: ListPage, others: ListPage["found"]): boolean {
  if (found.length !== others.length) return false;
  return found.every(({ resource }, index) => resource.id === others[index]?.resource.id);
}

function tooLargePage({ requestContext }: Listing): TooManyError {
  const { maxResponseBytes } = requestContext.context.limits;
  return new TooManyError(
    `The page has more than ${maxResponseBytes} bytes: ask for fewer resources with count, or use excludedAttributes to leave out attributes`,
  );
}
