import { TooManyError } from "../../errors/request-errors.ts";
import type { Page } from "../../storage/list-query.ts";
import type { Work } from "../../work/work.ts";
import type { ListPosition } from "../requests/cursors.ts";
import { type ListPage, remaining } from "./in-sequence.ts";
import type { Found, ListPart, ReadPart } from "./list-part.ts";
import { openSortedPart, type SortedPart } from "./sorted-part.ts";

/** Compares two found resources; 0 if the order of the parts decides. */
export type CompareFound = (left: Found, right: Found) => number;

/** The highest index in a sorted listing of several types: everything before it must be read. */
const MAX_DEPTH = 10_000;
/** How many resources of a part are in memory at a time. */
const CHUNK = 500;

/** What merging needs: how to read parts, how to compare their resources, whether the storage has cursors. */
export interface Merging {
  readonly read: ReadPart;
  readonly compare: CompareFound;
  readonly hasCursors: boolean;
  readonly work: Work;
}

/**
 * A page by index of parts that are merged in one order. The resources before the page are read too, one chunk of each
 * part at a time.
 *
 * @throws {TooManyError} for a page that ends beyond the first 10,000 resources
 */
export async function mergedByIndex(
  { read, compare, hasCursors, work }: Merging,
  parts: readonly ListPart[],
  page: { readonly skip: number; readonly take: number },
): Promise<ListPage> {
  const end = page.skip + page.take;
  if (page.take > 0 && end > MAX_DEPTH) {
    throw new TooManyError(
      `A sorted list of several types ends at index ${MAX_DEPTH}: use a filter, a cursor or a single type`,
    );
  }
  const chunk = page.take === 0 ? 0 : Math.min(end, CHUNK);
  const streams: SortedPart[] = [];
  for (const part of parts) streams.push(await openSortedPart(read, part, { chunk, hasCursors }));
  const found: Found[] = [];
  for (let index = 0; index < end && page.take > 0; index += 1) {
    const first = firstOf(streams, (stream) => stream.head(), compare);
    const head = first?.head();
    if (first === undefined || head === undefined) break;
    if (index >= page.skip) found.push(head);
    await work.pause();
    await first.advance();
  }
  return { found, total: streams.reduce((total, stream) => total + stream.total, 0) };
}

/**
 * A page by cursor of parts that are merged in one order. The number of resources that each part has on the page is
 * found first; then exactly these are read, so that the storage's own cursors tell where each part continues.
 */
export async function mergedByCursor(
  { read, compare }: Merging,
  parts: readonly ListPart[],
  page: { readonly position: ListPosition | undefined; readonly take: number },
): Promise<ListPage> {
  const isFirst = page.position === undefined;
  const { take } = page;
  const candidates: { part: ListPart; after: string | undefined; page: Page }[] = [];
  for (const { part, after } of remaining(parts, page.position)) {
    candidates.push({ part, after, page: await read(part, { after, take, count: isFirst }) });
  }
  const merged = mergeSorted(candidates.map(foundIn), compare, take);
  const pages: { part: ListPart; page: Page }[] = [];
  const left: ListPosition[number][] = [];
  for (const { part, after, page: candidate } of candidates) {
    const taken = merged.filter((each) => each.part === part).length;
    if (taken === 0) {
      if (candidate.resources.length > 0) left.push([part.type.name, after ?? null]);
      continue;
    }
    const exact = taken === candidate.resources.length ? candidate : await read(part, { after, take: taken });
    pages.push({ part, page: exact });
    if (exact.next !== undefined) left.push([part.type.name, exact.next]);
  }
  const total = candidates.reduce((sum, candidate) => sum + (candidate.page.total ?? 0), 0);
  return {
    found: mergeSorted(pages.map(foundIn), compare, take),
    total: isFirst ? total : undefined,
    next: left.length === 0 ? undefined : left,
  };
}

function foundIn({ part, page }: { readonly part: ListPart; readonly page: Page }): Found[] {
  return page.resources.map((resource) => ({ part, resource }));
}

/**
 * Merges sorted lists; of equal resources, that of the earlier list comes first. Only heads are compared, so that each
 * list keeps the order that the storage gave it.
 */
function mergeSorted(lists: readonly (readonly Found[])[], compare: CompareFound, most: number): Found[] {
  const heads = lists.map((list) => ({ list, index: 0 }));
  const merged: Found[] = [];
  while (merged.length < most) {
    const first = firstOf(heads, ({ list, index }) => list[index], compare);
    const head = first?.list[first.index];
    if (first === undefined || head === undefined) break;
    merged.push(head);
    first.index += 1;
  }
  return merged;
}

/** The item whose head comes first, of those that have a head. */
function firstOf<T>(all: readonly T[], headOf: (each: T) => Found | undefined, compare: CompareFound): T | undefined {
  let first: { readonly each: T; readonly head: Found } | undefined;
  for (const each of all) {
    const head = headOf(each);
    if (head !== undefined && (first === undefined || compare(head, first.head) < 0)) first = { each, head };
  }
  return first?.each;
}
