import type { ListPosition } from "../requests/cursors.ts";
import type { Found, ListPart, ReadPart } from "./list-part.ts";

/** A page of a listing over several types. */
export interface ListPage {
  readonly found: readonly Found[];
  /** All matches of all parts; undefined on the later pages of a listing by cursor. */
  readonly total: number | undefined;
  /** Where the next page by cursor begins; undefined at the end, and if that is not known. */
  readonly next?: ListPosition | undefined;
}

/**
 * A page by index, with the parts one after the other. Parts that are skipped are only counted, except the one in which
 * the page begins. If the storage has cursors, the list can be continued by cursor.
 */
export async function sequenceByIndex(
  read: ReadPart,
  parts: readonly ListPart[],
  page: { readonly skip: number; readonly take: number },
): Promise<ListPage> {
  const found: Found[] = [];
  const left: ListPosition[number][] = [];
  let { skip } = page;
  let total = 0;
  for (const part of parts) {
    const isSkipped = skip > 0 && part !== parts.at(-1) ? await countOf(read, part) : undefined;
    if (isSkipped !== undefined && skip >= isSkipped) {
      skip -= isSkipped;
      total += isSkipped;
      continue;
    }
    const take = page.take - found.length;
    const { resources, total: matches = 0, next } = await read(part, { skip, take, count: true });
    found.push(...resources.map((resource) => ({ part, resource })));
    if (next !== undefined) left.push([part.type.name, next]);
    else if (take === 0 && matches > 0) left.push([part.type.name, null]);
    total += matches;
    skip = 0;
  }
  return { found, total, next: left.length === 0 ? undefined : left };
}

/**
 * A page by cursor, with the parts one after the other, of at least one resource; the first page without `position`.
 */
export async function sequenceByCursor(
  read: ReadPart,
  parts: readonly ListPart[],
  page: { readonly position: ListPosition | undefined; readonly take: number },
): Promise<ListPage> {
  const { position, take } = page;
  const isFirst = position === undefined;
  const found: Found[] = [];
  const left: ListPosition[number][] = [];
  let total = 0;
  for (const { part, after } of remaining(parts, position)) {
    const name = part.type.name;
    if (left.length > 0) {
      left.push([name, null]);
      if (isFirst) total += await countOf(read, part);
      continue;
    }
    // If the page is full already, one more resource tells whether there is another page.
    const isFull = found.length === take;
    const result = await read(part, { after, take: isFull ? 1 : take - found.length, count: isFirst });
    total += result.total ?? 0;
    if (isFull) {
      if (result.resources.length > 0) left.push([name, null]);
      continue;
    }
    found.push(...result.resources.map((resource) => ({ part, resource })));
    if (result.next !== undefined) left.push([name, result.next]);
  }
  return { found, total: isFirst ? total : undefined, next: left.length === 0 ? undefined : left };
}

/** The parts that a position has not finished, in their order, each with the cursor to continue from. */
export function remaining(
  parts: readonly ListPart[],
  position: ListPosition | undefined,
): readonly { readonly part: ListPart; readonly after: string | undefined }[] {
  if (position === undefined) return parts.map((part) => ({ part, after: undefined }));
  const places = new Map(position);
  return parts
    .filter((part) => places.has(part.type.name))
    .map((part) => ({ part, after: places.get(part.type.name) ?? undefined }));
}

async function countOf(read: ReadPart, part: ListPart): Promise<number> {
  return (await read(part, { take: 0, count: true })).total ?? 0;
}
