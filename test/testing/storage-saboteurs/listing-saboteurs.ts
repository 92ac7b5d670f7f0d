import type { ResolvedFilter } from "../../../src/filter/resolved.ts";
import { membershipsIn } from "../../../src/storage/driver/membership-paths.ts";
import type { ListQuery, Page } from "../../../src/storage/list-query.ts";
import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { Partition } from "../../../src/storage/stored-resource.ts";
import type { ListingCaseId } from "../../../src/testing/storage/listing-cases.ts";
import type { LookUpCaseId } from "../../../src/testing/storage/look-up-cases.ts";
import { onMembers, onResources, type Saboteur } from "./altered-storage.ts";

/** For each promise on listings, a storage that breaks it. */
export const listingSaboteurs: Readonly<Record<ListingCaseId | LookUpCaseId, Saboteur>> = {
  "list.order": onList(async (inner, partition, query) => {
    const page = await inner.list(partition, query);
    return { ...page, resources: page.resources.toSorted((a, b) => a.id.localeCompare(b.id)) };
  }),
  "list.skip-take": onList((inner, partition, query) => inner.list(partition, { ...query, skip: 0 })),
  "list.total": onList(async (inner, partition, query) => {
    const page = await inner.list(partition, query);
    return { ...page, total: page.resources.length };
  }),
  "list.take-zero": onList((inner, partition, query) =>
    inner.list(partition, { ...query, take: query.take === 0 ? 100 : query.take }),
  ),
  "list.cursor-tiles": onList(async (inner, partition, query) => {
    const page = await inner.list(partition, query);
    return query.after === undefined ? page : { resources: page.resources };
  }),
  "list.cursor-steady": onList(async (inner, partition, { after, ...query }) => {
    const skip = Number(after ?? "0");
    const { next, ...page } = await inner.list(partition, { ...query, skip });
    return next === undefined ? page : { ...page, next: String(skip + query.take) };
  }),
  "list.id-order": onList(async (inner, partition, query) => {
    const page = await inner.list(partition, query);
    const inOrder = page.resources.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return query.order === "id" ? { ...page, resources: inOrder } : page;
  }),
  "list.id-order-pages": onList(async (inner, partition, query) => {
    const page = await inner.list(partition, query);
    const first = page.resources[0];
    return query.order === "id" && page.next !== undefined && first !== undefined ? { ...page, next: first.id } : page;
  }),
  "list.cursor-refused": onList(async (inner, partition, query) => {
    try {
      return await inner.list(partition, query);
    } catch {
      return inner.list(partition, { ...query, after: undefined });
    }
  }),
  "list.filter": onList((inner, partition, query) => inner.list(partition, without(query, isOnExternalId))),
  "list.filter-pages": onList(async (inner, partition, query) => {
    const page = await inner.list(partition, query);
    const all = await inner.list(partition, { take: 0, count: true });
    return { ...page, total: all.total };
  }),
  "list.omit-looks": onResources((inner) => ({
    // As one that leaves out before it looks.
    capabilities: { ...inner.capabilities, filter: () => true, sort: () => true },
    list: async (partition, query) => {
      const page = await inner.list(partition, { ...query, filter: undefined, sort: undefined });
      const isSeen = query.omit === undefined || query.filter === undefined;
      return isSeen ? page : { ...page, resources: [] };
    },
  })),
  "list.filter-empty": onList((inner, partition, query) =>
    inner.list(
      partition,
      without(query, (filter) => filter.type === "present"),
    ),
  ),
  "list.filter-memberships": onList((inner, partition, query) =>
    inner.list(
      partition,
      without(query, (filter) => membershipsIn(filter).size > 0),
    ),
  ),
  "list.filter-nested": onMembers((inner) => ({
    change: (partition, groupId, change) =>
      inner.change(partition, groupId, { ...change, add: change.add.filter((member) => member.type === "User") }),
  })),
};

function onList(list: (inner: ResourceStorage, partition: Partition, query: ListQuery) => Promise<Page>): Saboteur {
  return onResources((inner) => ({ list: (partition, query) => list(inner, partition, query) }));
}

function without(query: ListQuery, isIgnored: (filter: ResolvedFilter) => boolean): ListQuery {
  return query.filter !== undefined && isIgnored(query.filter) ? { ...query, filter: undefined } : query;
}

function isOnExternalId(filter: ResolvedFilter): boolean {
  return filter.type === "comparison" && filter.path.attribute?.name === "externalId";
}
