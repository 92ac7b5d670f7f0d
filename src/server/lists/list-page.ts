import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { RequestContext } from "../requests/context.ts";
import type { ListPosition } from "../requests/cursors.ts";
import { compareBy } from "./compare-found.ts";
import { type ListPage, sequenceByCursor, sequenceByIndex } from "./in-sequence.ts";
import { type ListFilter, readListFilter } from "./list-filter.ts";
import { type ListPart, partReader, partsOf } from "./list-part.ts";
import type { ListRequest } from "./list-request.ts";
import { type ListSort, readListSort } from "./list-sort.ts";
import { type Merging, mergedByCursor, mergedByIndex } from "./merged.ts";

/** A query that was read: its filter, its order and the types. */
export interface Listing {
  readonly requestContext: RequestContext;
  readonly types: readonly ResourceType[];
  readonly filter: ListFilter | undefined;
  readonly sort: ListSort | undefined;
  readonly parts: readonly ListPart[];
}

/** Reads a query over these types. @throws {ScimError} 400 or 403 for an invalid filter or order */
export function readListing(
  requestContext: RequestContext,
  types: readonly ResourceType[],
  request: ListRequest,
): Listing {
  const filter = readListFilter(requestContext, request, types);
  const sort = readListSort(requestContext, request, types);
  return { requestContext, types, filter, sort, parts: partsOf(requestContext, types, { filter, sort }) };
}

/**
 * A page by index: the types one after the other or, if there is a sort order, merged. @throws {TooManyError} as
 * `mergedByIndex`
 */
export function pageByIndex(
  listing: Listing,
  page: { readonly skip: number; readonly take: number },
): Promise<ListPage> {
  const merging = mergingOf(listing);
  if (merging === undefined) return sequenceByIndex(partReader(listing.requestContext), listing.parts, page);
  return mergedByIndex(merging, listing.parts, page);
}

/** A page by cursor, of one resource or more. */
export function pageByCursor(
  listing: Listing,
  page: { readonly position: ListPosition | undefined; readonly take: number },
): Promise<ListPage> {
  const merging = mergingOf(listing);
  if (merging === undefined) return sequenceByCursor(partReader(listing.requestContext), listing.parts, page);
  return mergedByCursor(merging, listing.parts, page);
}

/** How to merge several types into one sorted list; undefined if they come one after the other. */
function mergingOf({ requestContext, parts, sort }: Listing): Merging | undefined {
  if (sort === undefined || parts.length < 2) return undefined;
  return {
    read: partReader(requestContext),
    compare: compareBy(requestContext, parts, sort.order),
    hasCursors: requestContext.context.resources.capabilities.cursor,
    work: requestContext.work,
  };
}
