import { compileResolved, type FilterableResource } from "../../filter/compile-filter.ts";
import type { ResolvedFilter, ResolvedLeaf } from "../../filter/resolved.ts";
import { leavesOf } from "../../path/walk-tree.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import { createWork, type Work } from "../../work/work.ts";
import { printListCursor, readListCursor } from "../driver/list-cursor.ts";
import { membershipsIn } from "../driver/membership-paths.ts";
import { namedIds } from "../driver/named-ids.ts";
import { omitAttributes } from "../driver/omit-attributes.ts";
import { printSortCursor, readSortCursor } from "../driver/sort-cursor.ts";
import { uniqueLookup } from "../driver/unique-lookup.ts";
import { filterView } from "../fallback/filter-view.ts";
import { comparePlaces, type Sorted } from "../fallback/sorted-listing.ts";
import type { ListQuery, Page, Sort } from "../list-query.ts";
import type { Partition, StoredResource } from "../stored-resource.ts";
import { compileInTurns, hasMany } from "./match-in-turns.ts";
import { groupsAbove, MEMBERSHIP, membersOf } from "./members.ts";
import { type SortedOrders, sorted } from "./sorted-orders.ts";
import type { Tables } from "./tables.ts";

/** A query, and the orders that were made for earlier ones. */
export interface MemoryQuery extends ListQuery {
  readonly orders: SortedOrders;
}

/** The work of reading one resource. */
const ROW = 2;

/** The work after which the clock is read, since reading it costs as much as reading a resource. */
const PIECE = 1000;

/** `ResourceStorage.list` on tables. Tables never change, so that others can write while this one waits. */
export async function listResourcesOf(tables: Tables, partition: Partition, query: MemoryQuery): Promise<Page> {
  const listing: Listing = {
    tables,
    partition,
    query,
    pace: query.work ?? createWork({ limit: Number.MAX_SAFE_INTEGER }),
  };
  const { sort } = query;
  return sort === undefined ? plainPage(listing) : sortedPage(listing, sort);
}

interface Listing {
  readonly tables: Tables;
  readonly partition: Partition;
  readonly query: MemoryQuery;
  /** The work of the query; unlimited without one. */
  readonly pace: Work;
}

async function plainPage(listing: Listing): Promise<Page> {
  const { query } = listing;
  const countsHere = query.count === true && query.filter !== undefined && query.after === undefined;
  const { resources, more, seen } = await collect(listing, countsHere);
  const last = resources.at(-1);
  return {
    resources: resources.map((resource) => omitAttributes(resource, query.omit)),
    ...(more && last !== undefined ? { next: query.order === "id" ? last.id : printListCursor(last) } : {}),
    ...(query.count ? { total: countsHere ? seen : await countAll(listing) } : {}),
  };
}

interface Found {
  readonly resources: readonly StoredResource[];
  /** Whether there are matches after these. */
  readonly more: boolean;
  /** The matches that were read. */
  readonly seen: number;
}

/** Collects the page; reads to the end if all matches must be counted. */
async function collect(listing: Listing, toTheEnd: boolean): Promise<Found> {
  const { query, pace } = listing;
  const resources: StoredResource[] = [];
  const skip = query.filter === undefined ? 0 : (query.skip ?? 0);
  let more = false;
  let seen = 0;
  if (query.take <= 0 && !toTheEnd) return { resources, more, seen };
  let { left } = pace;
  for (const found of matches(listing, query)) {
    if (left - pace.left >= PIECE) {
      await pace.pause();
      left = pace.left;
    }
    const match = found instanceof Promise ? await found : found;
    if (match === undefined) continue;
    seen += 1;
    if (seen <= skip) continue;
    if (resources.length < query.take) {
      resources.push(match);
    } else {
      more = query.take > 0;
      if (!toTheEnd) break;
    }
  }
  return { resources, more, seen };
}

async function countAll(listing: Listing): Promise<number> {
  const { tables, partition, query } = listing;
  if (query.filter === undefined) return tables.order.count([partition.tenant, partition.type]);
  return (await collect({ ...listing, query: { ...query, after: undefined, take: 0 } }, true)).seen;
}

async function sortedPage(listing: Listing, sort: Sort): Promise<Page> {
  const { query } = listing;
  const all = await inOrder(listing, sort);
  const start = query.after === undefined ? Math.max(0, query.skip ?? 0) : placeAfter(all, query.after, sort);
  const end = start + Math.max(0, query.take);
  const page = all.slice(start, end);
  const last = page.at(-1);
  return {
    resources: page.map(({ resource }) => omitAttributes(resource, query.omit)),
    ...(last !== undefined && end < all.length ? { next: printSortCursor(last) } : {}),
    ...(query.count ? { total: all.length } : {}),
  };
}

/** All matches in their order. Without a filter, the order is kept for the next page. */
async function inOrder(listing: Listing, sort: Sort): Promise<readonly Sorted[]> {
  const { tables, partition, query, pace } = listing;
  const order = { tables, partition, sort };
  const known = query.filter === undefined ? query.orders.get(order) : undefined;
  if (known !== undefined) return known;
  const all = { ...listing, query: { ...query, after: undefined, skip: 0, take: Number.POSITIVE_INFINITY } };
  const { resources } = await collect(all, true);
  const result = await sorted(resources, order, pace);
  if (query.filter === undefined) query.orders.set(order, result);
  return result;
}

/** The position after that of a cursor: the first one whose place comes later. */
function placeAfter(all: readonly Sorted[], cursor: string, sort: Sort): number {
  const place = readSortCursor(cursor);
  const compare = comparePlaces(sort.order);
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = all[middle];
    if (found !== undefined && compare(found, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a listing begins, and its order. */
type Begin = Pick<ListQuery, "after" | "order" | "skip">;

function* ordered(tables: Tables, partition: Partition, begin: Begin): Generator<StoredResource> {
  const { tenant, type } = partition;
  const { after, skip } = begin;
  const isById = begin.order === "id";
  const place = after === undefined || isById ? undefined : readListCursor(after);
  const id = isById ? after : place?.id;
  const behind = id === undefined ? undefined : [tenant, type, ...(place === undefined ? [] : [place.created]), id];
  const rows = isById ? tables.resources : tables.order;
  for (const [, resource] of rows.entries([tenant, type], { after: behind, skip })) yield resource;
}

/** A resource that matches, or undefined for one that does not. */
type Match = StoredResource | undefined;

/**
 * The resources that match; undefined for each that does not, so that the reader can pause. A promise for a resource
 * with so many memberships that others run while they are compared.
 */
function* matches(listing: Listing, begin: Begin): Generator<Match | Promise<Match>> {
  const { tables, partition, query, pace } = listing;
  const { filter } = query;
  if (filter === undefined) {
    for (const resource of ordered(tables, partition, begin)) {
      pace.spend(ROW, "reading resources");
      yield resource;
    }
    return;
  }
  const holds = compileResolved(filter, { work: query.work });
  const viewOf = viewer(listing, filter);
  const memberships = membershipsIn(filter);
  const holdsInTurns = memberships.size === 0 ? undefined : compileInTurns(filter, pace);
  const { after, order } = begin;
  for (const resource of candidates(listing, filter, { after, order }) ??
    ordered(tables, partition, { after, order })) {
    pace.spend(ROW, "reading resources");
    const view = viewOf(resource);
    if (holdsInTurns !== undefined && hasMany(view, memberships)) {
      yield holdsInTurns(view).then((isMatch) => (isMatch ? resource : undefined));
    } else yield holds(view) ? resource : undefined;
  }
}

/** How a filter sees a resource: with the memberships that it needs. */
function viewer(
  { tables, partition, pace }: Listing,
  filter: ResolvedFilter,
): (resource: StoredResource) => FilterableResource {
  if (leavesOf(filter).every(isOnAttributes)) return (resource) => resource.attributes;
  const memberships = membershipsIn(filter);
  const count = (read: number): void => pace.spend(read * MEMBERSHIP, "reading memberships");
  const groupsOf = memberships.has("groups") ? groupsAbove(tables, partition.tenant, count) : undefined;
  return (resource) => {
    const members = memberships.has("members") ? membersOf(tables, partition, resource.id) : undefined;
    count(members?.length ?? 0);
    return filterView(partition, resource, {
      ...(members === undefined ? {} : { members }),
      ...(groupsOf === undefined ? {} : { groups: groupsOf(resource.id) }),
    });
  };
}

/** Whether a condition reads nothing but what the resource has under `attributes`. */
function isOnAttributes(leaf: ResolvedLeaf): boolean {
  if (leaf.type === "never" || leaf.path.extension !== undefined) return true;
  return !APART.has(leaf.path.attribute?.name ?? "");
}

const APART: ReadonlySet<string> = new Set(["id", "meta", "members", "groups"]);

/**
 * The resources that can match an equality on a unique attribute, or ids, found without a scan. With a cursor there is
 * a scan.
 */
function candidates(
  { tables, partition }: Listing,
  filter: ResolvedFilter,
  { after, order }: Begin,
): StoredResource[] | undefined {
  if (after !== undefined) return undefined;
  const { tenant, type } = partition;
  const ids = namedIds(filter);
  if (ids !== undefined) {
    const named = ids.flatMap((id) => tables.resources.get([tenant, type, id]) ?? []);
    const byId = (one: StoredResource, other: StoredResource): number => compareUtf8(one.id, other.id);
    if (order === "id") return named.sort(byId);
    return named.sort((one, other) => compareUtf8(one.created, other.created) || byId(one, other));
  }
  const lookup = uniqueLookup(filter);
  if (lookup === undefined) return undefined;
  const id = tables.unique.get([tenant, type, lookup.attribute, lookup.key]);
  const resource = id === undefined ? undefined : tables.resources.get([tenant, type, id]);
  return resource === undefined ? [] : [resource];
}
