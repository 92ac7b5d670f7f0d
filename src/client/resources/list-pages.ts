import { TransportError } from "../../errors/transport-error.ts";
import type { Resource } from "../../protocol/resources.ts";
import { readAnswer } from "../http/read-response.ts";
import type { Query } from "../http/request-url.ts";
import type { Exchange } from "../http/send.ts";
import type { Answer } from "../http/transport.ts";
import type { ScimFilter } from "./filter-template.ts";
import { readList, type WireList } from "./read-list.ts";

/** What is listed. */
export interface ListQuery {
  /** Made by the `filter` template, or a text that is a filter already. @default everything */
  readonly filter?: ScimFilter | string;
  /** Asks for these attributes besides those that always come. */
  readonly attributes?: readonly string[];
  /** Asks for all but these attributes. */
  readonly excludedAttributes?: readonly string[];
  /** Resources asked for at a time; a service provider may send fewer. @default 100 */
  readonly pageSize?: number;
  /** The first resource, counted from 1. @default 1 */
  readonly startIndex?: number;
  /** Most pages that are asked for. @default 10000 */
  readonly maxPages?: number;
  readonly signal?: AbortSignal;
}

/** One page of a listing. */
export interface ListPage<T extends Resource> {
  /** Those that no page before had. */
  readonly resources: readonly (T & { id: string })[];
  /** How many resources there are, as the service provider says on this page; undefined if it does not. */
  readonly total: number | undefined;
  /**
   * True on the last page of a listing that shows everything there is: it began at the first resource, and as many
   * different resources came as the service provider said on every page. Anything less is no evidence that a resource
   * does not exist.
   */
  readonly complete: boolean;
}

/** What a listing is made of. */
export interface ListOptions {
  readonly exchange: Exchange;
  /** Of the resource type, such as `/Users`. */
  readonly endpoint: string;
  readonly now: () => number;
}

const DEFAULT_PAGE_SIZE = 100;
const DEFAULT_MAX_PAGES = 10_000;

/** Where a listing stands. */
interface Progress {
  readonly seen: Set<string>;
  startIndex: number;
  received: number;
  cursor: string | undefined;
  firstId: string | undefined;
  total: number | undefined;
  /** Nothing so far speaks against that what came is everything. */
  sound: boolean;
}

/**
 * Lists page by page: the next index is the one before and what was received (RFC 7644 section 3.4.2.4), or the cursor
 * that the page names (RFC 9865).
 *
 * Ends at the announced total, at an empty page, with the last cursor or after `maxPages`; each page must bring something
 * new, so it ends.
 *
 * @throws {TransportError} `not-scim` when a page repeats another: the service provider does not page
 */
export async function* listPages<T extends Resource>(
  query: ListQuery,
  options: ListOptions,
): AsyncGenerator<ListPage<T>, void, undefined> {
  const { pageSize, startIndex, maxPages } = limitsOf(query);
  const progress: Progress = {
    seen: new Set(),
    startIndex,
    received: 0,
    cursor: undefined,
    firstId: undefined,
    total: undefined,
    sound: startIndex === 1,
  };
  for (let page = 1; ; page += 1) {
    const answer = await options.exchange({
      method: "GET",
      route: options.endpoint,
      path: options.endpoint,
      query: [...queryOf(query), ...position(progress), ["count", pageSize]],
      signal: query.signal,
    });
    const list = readList<T>(readAnswer(answer, options.now), answer);
    const fresh = take(progress, list, { answer, isFirst: page === 1 });
    const ended = hasEnded(progress, list, startIndex);
    const complete = ended && progress.sound && progress.total === progress.seen.size;
    yield { resources: fresh, total: list.total, complete };
    if (ended || page >= maxPages) return;
  }
}

function limitsOf(query: ListQuery): { pageSize: number; startIndex: number; maxPages: number } {
  const { pageSize = DEFAULT_PAGE_SIZE, startIndex = 1, maxPages = DEFAULT_MAX_PAGES } = query;
  for (const [name, value] of Object.entries({ pageSize, startIndex, maxPages })) {
    if (!Number.isSafeInteger(value) || value < 1) throw new TypeError(`list: ${name} must be a whole number from 1`);
  }
  return { pageSize, startIndex, maxPages };
}

/** The parameters that stay the same on every page. */
function queryOf({ filter, attributes, excludedAttributes }: ListQuery): Query {
  return [["filter", filter?.toString()], ...projection({ attributes, excludedAttributes })];
}

/** The parameters that choose attributes (RFC 7644 section 3.9). */
export function projection(choice: Pick<ListQuery, "attributes" | "excludedAttributes">): Query {
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

/** Counts a page in, and gives its resources that are new. */
function take<T extends Resource>(
  progress: Progress,
  list: WireList<T>,
  page: { readonly answer: Answer; readonly isFirst: boolean },
): (T & { id: string })[] {
  const fresh = list.resources.filter(({ id }) => {
    const isNew = !progress.seen.has(id);
    progress.seen.add(id);
    return isNew;
  });
  const firstId = list.resources[0]?.id;
  const repeats = firstId !== undefined && firstId === progress.firstId;
  if (list.received > 0 && (repeats || fresh.length === 0)) throw repeated(page.answer);
  if (fresh.length < list.received || (!page.isFirst && list.total !== progress.total)) progress.sound = false;
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

function repeated({ method, route, url, attempt, status }: Answer): TransportError {
  return new TransportError(
    `${method} ${route}: a page repeats what another showed; the service provider does not page`,
    {
      reason: "not-scim",
      outcome: "unknown",
      url,
      attempt,
      status,
    },
  );
}
