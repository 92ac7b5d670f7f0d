import {
  InvalidFilterError,
  InvalidValueError,
  NotImplementedError,
  TooManyError,
} from "../../errors/request-errors.ts";
import { compileResolved } from "../../filter/compile-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import { createWork, type Work } from "../../work/work.ts";
import { readCursorParts } from "../driver/list-cursor.ts";
import { membershipAttribute, membershipsIn } from "../driver/membership-paths.ts";
import { omitAttributes } from "../driver/omit-attributes.ts";
import type { ListQuery, Page, Sort } from "../list-query.ts";
import type { ResourceStorage } from "../resource-storage.ts";
import type { Partition, StoredResource } from "../stored-resource.ts";
import { filterView } from "./filter-view.ts";
import { createSortedPage } from "./sorted-listing.ts";
import { splitFilter } from "./split-filter.ts";

/** Resources that are read at once if the filter is applied above the driver. */
const PAGE_SIZE = 200;
/** The most resources that are kept in memory to sort them. */
const MOST_SORTED = 10_000;
/** The work of reading one resource from the driver. */
const ROW = 4;
/** The work of finding the place of a resource in the order, whatever the comparisons cost. */
const SORTED_ROW = 20;

/**
 * `ResourceStorage.list` for any filter and any sort. If the driver does not support them, the partition is read in
 * pages, so that memory is bounded while time grows with the partition. The filter is then applied above the driver,
 * which still gets the terms of an `and` that it supports. For a sort the first `skip + take` resources are kept. If
 * the filter is applied above the driver, the sort is too.
 *
 * A filter on `groups` takes one `groupsOf` a page. A filter on `members` is rejected, since every group would have to
 * be read completely.
 *
 * It charges the query's `work` for each resource that it reads, and lets others run now and then.
 *
 * @throws {InvalidFilterError} for a filter on `members` that the driver does not support
 * @throws {TooManyError} when resources are sorted above the driver and more than 10,000 lie up to the end of the page
 * @throws {NotImplementedError} for a sort by memberships that the driver keeps as rows, and for an order by id that
 * the driver does not do, or where the filter is applied above the driver
 */
export async function listResources(storage: ResourceStorage, partition: Partition, query: ListQuery): Promise<Page> {
  const { capabilities } = storage;
  const { sort } = query;
  const { given, rest } = splitFilter(query.filter, (filter) => capabilities.filter(filter));
  if (query.order === "id" && (capabilities.idOrder !== true || rest !== undefined)) {
    throw new NotImplementedError("Listing in the order of ids is not supported here");
  }
  const sorts = sort === undefined || capabilities.sort(sort.path);
  if (rest === undefined && sorts) return storage.list(partition, query);
  if (rest !== undefined && storage.members !== undefined && membershipsIn(rest).has("members")) {
    throw new InvalidFilterError("This filter on members is not supported; members can be compared by value with eq");
  }
  const search: Search = { storage, partition, given, rest, query, pace: query.work ?? createWork() };
  if (sort !== undefined) return collectSorted(search, sort);
  const page = await collect(search);
  if (!query.count || page.total !== undefined) return page;
  return { ...page, total: await countAll(search) };
}

interface Search {
  readonly storage: ResourceStorage;
  readonly partition: Partition;
  readonly given: ResolvedFilter | undefined;
  readonly rest: ResolvedFilter | undefined;
  readonly query: ListQuery;
  /** The work of the query; unlimited without one. */
  readonly pace: Work;
}

/** A match, and the driver's cursor of the page it came in. */
interface Match {
  readonly resource: StoredResource;
  readonly pageAfter: string | undefined;
}

/** Collects the page. From the first page it continues to the end, for the total. */
async function collect(search: Search): Promise<Page> {
  const { query } = search;
  const countsHere = query.count === true && query.after === undefined;
  const resources: StoredResource[] = [];
  let last: Match | undefined;
  let more = false;
  let seen = 0;
  if (query.take > 0 || countsHere) {
    for await (const match of matches(search, query.after)) {
      seen += 1;
      if (seen <= (query.skip ?? 0)) continue;
      if (resources.length < query.take) {
        resources.push(omitAttributes(match.resource, query.omit));
        last = match;
      } else {
        more = true;
        if (!countsHere) break;
      }
    }
  }
  return {
    resources,
    ...(more && search.storage.capabilities.cursor && last !== undefined ? { next: printPlace(last) } : {}),
    ...(countsHere ? { total: seen } : {}),
  };
}

/** Reads all resources and keeps those of the page. */
async function collectSorted(search: Search, sort: Sort): Promise<Page> {
  const { storage, query } = search;
  if (storage.members !== undefined && membershipAttribute(sort.path) !== undefined) {
    throw new NotImplementedError("Sorting by this attribute is not supported");
  }
  if ((query.skip ?? 0) + query.take > MOST_SORTED) {
    throw new TooManyError(
      `At most ${MOST_SORTED} resources can be sorted here: use a filter, or request earlier pages`,
    );
  }
  const page = createSortedPage(search.partition, { ...query, sort });
  let total = 0;
  for await (const { resource } of matches(search, undefined)) {
    total += 1;
    search.pace.spend(SORTED_ROW, "sorting");
    page.add(resource);
  }
  const { resources, next } = page.result();
  return {
    resources: resources.map((resource) => omitAttributes(resource, query.omit)),
    ...(next !== undefined && storage.capabilities.cursor ? { next } : {}),
    ...(query.count ? { total } : {}),
  };
}

async function countAll(search: Search): Promise<number> {
  let count = 0;
  for await (const _match of matches(search, undefined)) count += 1;
  return count;
}

async function* matches(search: Search, after: string | undefined): AsyncGenerator<Match> {
  const { storage, partition, rest, query, pace } = search;
  const { work } = query;
  const holds = rest === undefined ? () => true : compileResolved(rest, { work });
  const wantsGroups = rest !== undefined && storage.members !== undefined && membershipsIn(rest).has("groups");
  const place = after === undefined ? undefined : readPlace(after);
  for await (const { resources, pageAfter } of pages(search, place?.pageAfter)) {
    const ids = resources.map((resource) => resource.id);
    const groups = wantsGroups ? await storage.members?.groupsOf(partition.tenant, ids, { work }) : undefined;
    for (const resource of resources) {
      pace.spend(ROW, "reading resources");
      const pause = pace.pause();
      if (pause !== undefined) await pause;
      if (place !== undefined && !isBehind(resource, place)) continue;
      const memberships = groups === undefined ? {} : { groups: groups.get(resource.id) ?? [] };
      if (holds(filterView(partition, resource, memberships))) yield { resource, pageAfter };
    }
  }
}

interface DriverPage {
  readonly resources: readonly StoredResource[];
  readonly pageAfter: string | undefined;
}

/** The partition in the driver's own pages: by cursor if it has cursors, otherwise by `skip`. */
async function* pages(search: Search, begin: string | undefined): AsyncGenerator<DriverPage> {
  const { storage, partition, given, query } = search;
  const asked = { filter: given, take: PAGE_SIZE, work: query.work };
  let after = begin;
  let skip = 0;
  while (true) {
    const from = storage.capabilities.cursor ? { after } : { skip };
    const page = await storage.list(partition, { ...asked, ...from });
    yield { resources: page.resources, pageAfter: after };
    skip += page.resources.length;
    after = page.next;
    if (storage.capabilities.cursor ? after === undefined : page.resources.length < PAGE_SIZE) return;
  }
}

/** Where a page ended that was filtered above the driver: in which page of the driver, after which resource. */
interface Place {
  readonly pageAfter: string | undefined;
  readonly created: string;
  readonly id: string;
}

function isBehind(resource: StoredResource, place: Place): boolean {
  return (compareUtf8(resource.created, place.created) || compareUtf8(resource.id, place.id)) > 0;
}

function printPlace({ pageAfter, resource }: Match): string {
  return JSON.stringify([pageAfter ?? null, resource.created, resource.id]);
}

function readPlace(cursor: string): Place {
  const [pageAfter, created, id] = readCursorParts(cursor);
  if ((pageAfter !== null && typeof pageAfter !== "string") || typeof created !== "string" || typeof id !== "string") {
    throw new InvalidValueError("The cursor is not one of this listing");
  }
  return { pageAfter: pageAfter ?? undefined, created, id };
}
