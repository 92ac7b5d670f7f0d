import type { ListQuery, Page, Sort } from "../../../src/storage/list-query.ts";
import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../../src/storage/stored-resource.ts";
import type { SortCaseId } from "../../../src/testing/storage/sort-cases.ts";
import { sortKeyOf } from "../../../src/testing/storage/sort-order.ts";
import { onResources, type Saboteur } from "./altered-storage.ts";
import { sortingStorage } from "./sorting-storage.ts";

/** For each promise on sorting, a storage that breaks it. */
export const sortSaboteurs: Readonly<Record<SortCaseId, Saboteur>> = {
  "sort.types": bySort((path) => ({
    ...path,
    // As one that compares what stands in the JSON text.
    ...(path.attribute === undefined ? {} : { attribute: { ...path.attribute, type: "string" } }),
  })),
  "sort.texts": bySort((path) =>
    path.attribute === undefined ? path : { ...path, attribute: { ...path.attribute, caseExact: true } },
  ),
  "sort.missing": sorted(async (inner, partition, query) => {
    const page = await inner.list(partition, query);
    const { sort } = query;
    if (sort === undefined) return page;
    const hasNone = (one: StoredResource) => sortKeyOf(partition, one, sort) === undefined;
    return {
      ...page,
      resources: [...page.resources.filter((one) => !hasNone(one)), ...page.resources.filter(hasNone)],
    };
  }),
  "sort.multi-valued": sorted(async (inner, partition, query) => {
    const isMany = query.sort?.path.attribute?.multiValued === true;
    return inner.list(partition, isMany ? { ...query, sort: undefined } : query);
  }),
  "sort.ties": sorted((inner, partition, query) => inner.list(partition, { ...query, sort: undefined })),
  "sort.skip": sorted((inner, partition, query) => inner.list(partition, { ...query, skip: 0 })),
  "sort.cursor-tiles": sorted(async (inner, partition, query) => {
    const page = await inner.list(partition, query);
    return query.after === undefined ? page : { resources: page.resources };
  }),
  "sort.cursor-steady": sorted(async (inner, partition, { after, ...query }) => {
    const skip = Number(after ?? "0");
    const { next, ...page } = await inner.list(partition, { ...query, skip });
    return next === undefined ? page : { ...page, next: String(skip + query.take) };
  }),
  "sort.filtered": sorted((inner, partition, query) =>
    inner.list(partition, query.filter === undefined ? query : { ...query, sort: undefined }),
  ),
  "sort.fallback": onResources((inner) => ({
    capabilities: { ...inner.capabilities, sort: () => true },
    list: (partition, query) => inner.list(partition, { ...query, sort: undefined }),
  })),
};

type List = (inner: ResourceStorage, partition: Partition, query: ListQuery) => Promise<Page>;

/** A storage that sorts, with its listings altered. */
function sorted(list: List): Saboteur {
  const altered = onResources((inner) => ({ list: (partition, query) => list(inner, partition, query) }));
  return (storage) => altered(sortingStorage(storage));
}

/** A storage that sorts by another path than it is asked. */
function bySort(change: (path: Sort["path"]) => Sort["path"]): Saboteur {
  return sorted((inner, partition, query) =>
    inner.list(
      partition,
      query.sort === undefined ? query : { ...query, sort: { ...query.sort, path: change(query.sort.path) } },
    ),
  );
}
