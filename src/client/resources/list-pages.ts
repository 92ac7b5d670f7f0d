import { TransportError } from "../../errors/transport-error.ts";
import type { Resource } from "../../protocol/resources.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { HttpResponse } from "../http/http-request.ts";
import { readResponse } from "../http/read-response.ts";
import type { Query } from "../http/request-url.ts";
import type { Send } from "../http/send.ts";
import type { ScimFilter } from "./filter-template.ts";
import { readList, type WireList } from "./read-list.ts";

/** What a listing contains. */
export interface ListOptions<Path extends string = string> {
  /** Made by the `filter` template, or the text of a filter. @default all resources */
  readonly filter?: ScimFilter | string;
  /** Returns only these attributes, besides those that are always returned. */
  readonly attributes?: readonly Path[];
  /** Returns all but these attributes. */
  readonly excludedAttributes?: readonly Path[];
  /** Resources requested at a time, at most as many as the service provider is known to return. @default 100 */
  readonly pageSize?: number;
  /** The first resource, counted from 1. @default 1 */
  readonly startIndex?: number;
  /** The most pages that are requested. @default 10000 */
  readonly maxPages?: number;
  /** The longest time of the whole listing, in milliseconds; after it no page is requested. @default unlimited */
  readonly maxMs?: number;
  readonly signal?: AbortSignal;
}

/** One page of a listing. */
export interface ListPage<T extends Resource> {
  /** The resources that were on no page before. */
  readonly resources: readonly (T & { id: string })[];
  /** `totalResults` of this page; undefined if it is missing. */
  readonly total: number | undefined;
  /**
   * True on the last page of a listing that contains every resource: it began at the first one, and it contained as many
   * different resources as the service provider announced on each page. Without that, the absence of a resource proves
   * nothing.
   */
  readonly complete: boolean;
}

/** What a listing needs. */
export interface ListContext {
  readonly send: Send;
  readonly type: ResourceType;
  readonly now: () => number;
  /** The most resources in one response, as far as it is known. */
  readonly maxResults: () => number | undefined;
  /** Whether the service provider is known to page by cursor. */
  readonly usesCursors: () => boolean;
}

const DEFAULT_PAGE_SIZE = 100;
const DEFAULT_MAX_PAGES = 10_000;

/** How far a listing has come. */
interface Progress {
  readonly seen: Set<string>;
  startIndex: number;
  received: number;
  cursor: string | undefined;
  firstId: string | undefined;
  total: number | undefined;
  /** Whether nothing so far contradicts that the listing is complete. */
  isSound: boolean;
}

/**
 * Lists page by page. The next page begins after the resources received so far (RFC 7644 section 3.4.2.4), or at the
 * cursor of the page before (RFC 9865).
 *
 * The listing ends at the announced total, at an empty page, without a next cursor or after `maxPages`. It always ends,
 * since each page must contain a new resource.
 *
 * @throws {TransportError} `not-scim` when a page repeats an earlier one: the service provider does not support paging;
 * `timeout` after `maxMs`
 */
export async function* listPages<T extends Resource>(
  query: ListOptions,
  { send, type, now, maxResults, usesCursors }: ListContext,
): AsyncGenerator<ListPage<T>, void, undefined> {
  const { pageSize, startIndex, maxPages } = limitsOf(query);
  const end = query.maxMs === undefined ? Number.POSITIVE_INFINITY : now() + query.maxMs;
  const count = Math.min(pageSize, Math.max(maxResults() ?? pageSize, 1));
  const progress: Progress = {
    seen: new Set(),
    startIndex,
    received: 0,
    // An empty cursor requests the first page by cursor (RFC 9865 section 2).
    cursor: startIndex === 1 && usesCursors() ? "" : undefined,
    firstId: undefined,
    total: undefined,
    isSound: startIndex === 1,
  };
  for (let page = 1; ; page += 1) {
    const response = await send({
      method: "GET",
      route: type.endpoint,
      path: type.endpoint,
      query: [...queryOf(query), ...position(progress), ["count", count]],
      signal: query.signal,
    });
    const list = readList<T>(readResponse(response, now), response, type);
    const fresh = advance(progress, list, { response, isFirst: page === 1 });
    const ended = hasEnded(progress, list, startIndex);
    const complete = ended && progress.isSound && progress.total === progress.seen.size;
    yield { resources: fresh, total: list.total, complete };
    if (ended || page >= maxPages) return;
    if (now() >= end) throw tookTooLong(response, query.maxMs);
  }
}

function limitsOf(query: ListOptions): { pageSize: number; startIndex: number; maxPages: number } {
  const { pageSize = DEFAULT_PAGE_SIZE, startIndex = 1, maxPages = DEFAULT_MAX_PAGES } = query;
  for (const [name, value] of Object.entries({ pageSize, startIndex, maxPages })) {
    if (!Number.isSafeInteger(value) || value < 1) throw new TypeError(`list: ${name} must be a positive integer`);
  }
  return { pageSize, startIndex, maxPages };
}

/** The parameters that are the same for every page. */
function queryOf({ filter, attributes, excludedAttributes }: ListOptions): Query {
  return [["filter", filter?.toString()], ...projection({ attributes, excludedAttributes })];
}

/** The parameters that select attributes (RFC 7644 section 3.9). */
export function projection(choice: Pick<ListOptions, "attributes" | "excludedAttributes">): Query {
  return [
    ["attributes", joined(choice.attributes)],
    ["excludedAttributes", joined(choice.excludedAttributes)],
  ];
}

function joined(names: readonly string[] | undefined): string | undefined {
  return names === undefined || names.length === 0 ? undefined : names.join(",");
}

function position({ cursor, startIndex }: Progress): Query {
  return cursor === undefined ? [["startIndex", startIndex]] : [["cursor", cursor]];
}

/** Adds a page to the progress; returns its resources that are new. */
function advance<T extends Resource>(
  progress: Progress,
  list: WireList<T>,
  page: { readonly response: HttpResponse; readonly isFirst: boolean },
): (T & { id: string })[] {
  const fresh = list.resources.filter(({ id }) => {
    const isNew = !progress.seen.has(id);
    progress.seen.add(id);
    return isNew;
  });
  const firstId = list.resources[0]?.id;
  const repeats = firstId !== undefined && firstId === progress.firstId;
  if (list.received > 0 && (repeats || fresh.length === 0)) throw repeated(page.response);
  if (fresh.length < list.received || (!page.isFirst && list.total !== progress.total)) progress.isSound = false;
  progress.firstId = firstId;
  progress.total = list.total;
  progress.received += list.received;
  progress.startIndex += list.received;
  progress.cursor = list.nextCursor;
  return fresh;
}

function hasEnded(progress: Progress, list: WireList<Resource>, startIndex: number): boolean {
  if (list.received === 0) return true;
  if (list.nextCursor !== undefined) return false;
  return list.total !== undefined && startIndex - 1 + progress.received >= list.total;
}

function tookTooLong({ method, route, url, attempt }: HttpResponse, maxMs: number | undefined): TransportError {
  const text = `${method} ${route}: the listing is not complete after ${maxMs} ms`;
  return new TransportError(text, { reason: "timeout", outcome: "unknown", url, attempt });
}

function repeated({ method, route, url, attempt, status }: HttpResponse): TransportError {
  return new TransportError(
    `${method} ${route}: a page repeats an earlier one; the service provider does not support paging`,
    { reason: "not-scim", outcome: "unknown", url, attempt, status },
  );
}
