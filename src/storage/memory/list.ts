import { compileResolved } from "../../filter/compile-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import { printListCursor, readListCursor } from "../driver/list-cursor.ts";
import { membershipsIn } from "../driver/membership-paths.ts";
import { omitAttributes } from "../driver/omit-attributes.ts";
import { uniqueLookup } from "../driver/unique-lookup.ts";
import { filterView } from "../fallback/filter-view.ts";
import { createSortedPage, type SortedQuery } from "../fallback/sorted-listing.ts";
import type { ListQuery, Page, Partition, StoredResource } from "../storage.ts";
import { groupsOf, membersOf } from "./members.ts";
import type { Tables } from "./tables.ts";

/** `ResourceStorage.list` on tables. */
export function listResourcesOf(tables: Tables, partition: Partition, query: ListQuery): Page {
  const { filter, sort } = query;
  if (sort !== undefined) return sortedPage(tables, partition, { ...query, sort });
  const { resources, more } =
    filter === undefined ? wholePage(tables, partition, query) : filteredPage(tables, partition, query, filter);
  const last = resources.at(-1);
  return {
    resources: resources.map((resource) => omitAttributes(resource, query.omit)),
    ...(more && last !== undefined ? { next: query.order === "id" ? last.id : printListCursor(last) } : {}),
    ...(query.count ? { total: total(tables, partition, filter) } : {}),
  };
}

function sortedPage(tables: Tables, partition: Partition, query: ListQuery & SortedQuery): Page {
  const page = createSortedPage(partition, query);
  const { filter } = query;
  let total = 0;
  const all = filter === undefined ? ordered(tables, partition, {}) : matches(tables, partition, filter, {});
  for (const resource of all) {
    total += 1;
    page.add(resource);
  }
  const { resources, next } = page.result();
  return {
    resources: resources.map((resource) => omitAttributes(resource, query.omit)),
    next,
    ...(query.count ? { total } : {}),
  };
}

interface Found {
  readonly resources: StoredResource[];
  /** Whether there are matches after these. */
  readonly more: boolean;
}

function wholePage(tables: Tables, partition: Partition, query: ListQuery): Found {
  return collect(ordered(tables, partition, query, query.skip), query.take);
}

function filteredPage(tables: Tables, partition: Partition, query: ListQuery, filter: ResolvedFilter): Found {
  const found = matches(tables, partition, filter, query);
  for (let skipped = 0; skipped < (query.skip ?? 0); skipped++) {
    if (found.next().done) return { resources: [], more: false };
  }
  return collect(found, query.take);
}

function collect(found: Iterable<StoredResource>, take: number): Found {
  const resources: StoredResource[] = [];
  if (take <= 0) return { resources, more: false };
  for (const resource of found) {
    if (resources.length === take) return { resources, more: true };
    resources.push(resource);
  }
  return { resources, more: false };
}

function total(tables: Tables, partition: Partition, filter: ResolvedFilter | undefined): number {
  if (filter === undefined) return tables.order.count([partition.tenant, partition.type]);
  let count = 0;
  for (const _match of matches(tables, partition, filter, {})) count += 1;
  return count;
}

/** Where a listing begins, and its order. */
type Begin = Pick<ListQuery, "after" | "order">;

function* ordered(tables: Tables, partition: Partition, begin: Begin, skip?: number): Generator<StoredResource> {
  const { tenant, type } = partition;
  const { after } = begin;
  if (begin.order === "id") {
    const behind = after === undefined ? undefined : [tenant, type, after];
    for (const [, resource] of tables.resources.entries([tenant, type], { after: behind, skip })) yield resource;
    return;
  }
  const place = after === undefined ? undefined : readListCursor(after);
  const behind = place === undefined ? undefined : [tenant, type, place.created, place.id];
  for (const [, id] of tables.order.entries([tenant, type], { after: behind, skip })) {
    const resource = tables.resources.get([tenant, type, id]);
    if (resource !== undefined) yield resource;
  }
}

function* matches(
  tables: Tables,
  partition: Partition,
  filter: ResolvedFilter,
  begin: Begin,
): Generator<StoredResource> {
  const holds = compileResolved(filter);
  const memberships = membershipsIn(filter);
  const candidates = candidate(tables, partition, filter, begin.after) ?? ordered(tables, partition, begin);
  for (const resource of candidates) {
    const view = filterView(partition, resource, {
      ...(memberships.has("members") ? { members: membersOf(tables, partition, resource.id) } : {}),
      ...(memberships.has("groups") ? { groups: groupsOf(tables, partition.tenant, resource.id) } : {}),
    });
    if (holds(view)) yield resource;
  }
}

/**
 * The one resource that can match an equality on a unique attribute, found without a scan. With a cursor there is a
 * scan.
 */
function candidate(
  tables: Tables,
  partition: Partition,
  filter: ResolvedFilter,
  after: string | undefined,
): StoredResource[] | undefined {
  const lookup = uniqueLookup(filter);
  if (lookup === undefined || after !== undefined) return undefined;
  const { tenant, type } = partition;
  const id = tables.unique.get([tenant, type, lookup.attribute, lookup.key]);
  const resource = id === undefined ? undefined : tables.resources.get([tenant, type, id]);
  return resource === undefined ? [] : [resource];
}
