import { InvalidValueError, NotImplementedError } from "../../errors/request-errors.ts";
import { isScimError } from "../../errors/scim-error.ts";
import { URN } from "../../protocol/urns.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { isDue } from "../../timing/due.ts";
import { bindingOf } from "../lists/cursor-binding.ts";
import { type Listing, pageByIndex, readListing } from "../lists/list-page.ts";
import type { ListRequest } from "../lists/list-request.ts";
import type { RequestContext } from "../requests/context.ts";
import { type CursorState, expiredCursor, invalidCount, invalidCursor } from "../requests/cursors.ts";
import { BoundedText } from "../responses/bounded-text.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { type WrittenPage, writePageByCursor, writePageByIndex } from "./write-page.ts";

/**
 * Lists the resources of these types (RFC 7644 section 3.4.2, RFC 9865): by index, unless the client asks for a cursor.
 *
 * @throws {ScimError} 400 for invalid parameters, 403 for a filter that must not be in a URI
 * @throws {NotImplementedError} for a cursor if the storage has none
 * @throws {TooManyError} for a page by index, or a single resource, larger than `maxResponseBytes`
 */
export async function listTypes(
  requestContext: RequestContext,
  types: readonly ResourceType[],
  request: ListRequest,
): Promise<EndpointResponse> {
  const listing = readListing(requestContext, types, request);
  if (request.cursor === undefined) return listByIndex(listing, request);
  return listByCursor(listing, { ...request, cursor: request.cursor });
}

async function listByIndex(listing: Listing, request: ListRequest): Promise<EndpointResponse> {
  const startIndex = Math.max(1, request.startIndex ?? 1);
  const take = Math.min(countOf(listing, request), listing.requestContext.context.limits.maxPageSize);
  const { text, count, total } = await writePageByIndex(listing, { skip: startIndex - 1, take });
  return listResponse({ totalResults: total, startIndex, itemsPerPage: count }, text);
}

async function listByCursor(
  listing: Listing,
  request: ListRequest & { readonly cursor: string },
): Promise<EndpointResponse> {
  const { context } = listing.requestContext;
  if (request.startIndex !== undefined) {
    throw new InvalidValueError("startIndex and cursor cannot be used together");
  }
  if (!context.resources.capabilities.cursor) {
    throw new NotImplementedError("Paging by cursor is not supported by this service provider: use startIndex");
  }
  const count = countOf(listing, request);
  const binding = bindingOf(listing);
  const state = request.cursor === "" ? undefined : await stateOf(listing, { cursor: request.cursor, count, binding });
  if (count === 0) {
    // No resource is shown, so that there is no next page.
    const { total } = await pageByIndex(listing, { skip: 0, take: 0 });
    return listResponse({ totalResults: total, itemsPerPage: 0 }, new BoundedText(0));
  }
  const page = await goOn(listing, state, Math.min(count, context.limits.maxPageSize));
  // Counting again would cost as much as reading all the pages before.
  const total = state?.total ?? page.total ?? 0;
  const expires = context.now() + context.cursorTimeout * 1000;
  const nextCursor =
    page.next === undefined
      ? undefined
      : await context.cursors.seal({ position: page.next, count, total, expires }, binding);
  return listResponse({ totalResults: total, itemsPerPage: page.count, nextCursor }, page.text);
}

/** The page size that the client asks for; a negative count means 0 (RFC 7644 section 3.4.2.4). */
function countOf({ requestContext }: Listing, request: ListRequest): number {
  return Math.max(0, request.count ?? requestContext.context.limits.defaultPageSize);
}

async function stateOf(
  { requestContext }: Listing,
  asked: { readonly cursor: string; readonly count: number; readonly binding: string },
): Promise<CursorState> {
  const state = await requestContext.context.cursors.open(asked.cursor, asked.binding);
  const { now, cursorTimeout } = requestContext.context;
  // The last millisecond counts. Twice the time, since the clock of the process that made the cursor may be ahead of this one.
  if (isDue(state.expires + 1, now(), 2 * cursorTimeout * 1000)) throw expiredCursor();
  if (asked.count !== state.count) throw invalidCount();
  return state;
}

async function goOn(listing: Listing, state: CursorState | undefined, take: number): Promise<WrittenPage> {
  try {
    return await writePageByCursor(listing, { position: state?.position, take });
  } catch (error) {
    // A storage refuses the position of another storage: cursor keys can outlive a storage.
    if (state !== undefined && isScimError(error) && error.scimType === "invalidValue") throw invalidCursor(error);
    throw error;
  }
}

function listResponse(
  paging: {
    readonly totalResults: number | undefined;
    readonly startIndex?: number;
    readonly itemsPerPage: number;
    readonly nextCursor?: string;
  },
  { pieces }: BoundedText,
): EndpointResponse {
  const { totalResults, startIndex, itemsPerPage, nextCursor } = paging;
  const head = JSON.stringify({ schemas: [URN.listResponse], totalResults, startIndex, itemsPerPage, nextCursor });
  return { status: 200, text: [`${head.slice(0, -1)},"Resources":[`, ...pieces, "]}"] };
}
