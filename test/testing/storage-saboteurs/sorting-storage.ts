import type { ListQuery, Page, Sort } from "../../../src/storage/list-query.ts";
import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import type { Partition, StoredResource } from "../../../src/storage/stored-resource.ts";
import { compareKeys, sortKeyOf } from "../../../src/testing/storage/sort-order.ts";
import { alteredStorage } from "./altered-storage.ts";

/** A storage that sorts by reading everything: slow and plain, for saboteurs of sorting to work on. */
export function sortingStorage(inner: Storage): Storage {
  return alteredStorage(inner, { resources: sortingResources });
}

/** The resources of a `sortingStorage`. */
export function sortingResources(inner: ResourceStorage): Partial<ResourceStorage> {
  return {
    capabilities: { ...inner.capabilities, sort: () => true },
    list: async (partition, query) =>
      query.sort === undefined
        ? inner.list(partition, query)
        : sortedPage(inner, partition, { ...query, sort: query.sort }),
  };
}

type Place = readonly [key: string | number | null, id: string];

async function sortedPage(
  inner: ResourceStorage,
  partition: Partition,
  query: ListQuery & { readonly sort: Sort },
): Promise<Page> {
  const { sort, filter, take } = query;
  const all = await inner.list(partition, { filter, take: Number.MAX_SAFE_INTEGER });
  const sign = sort.order === "ascending" ? 1 : -1;
  const placeOf = (one: StoredResource): Place => [sortKeyOf(partition, one, sort) ?? null, one.id];
  const compare = (a: Place, b: Place) =>
    sign * compareKeys(a[0] ?? undefined, b[0] ?? undefined) || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
  const sorted = all.resources.toSorted((a, b) => compare(placeOf(a), placeOf(b)));
  const place: Place | undefined = query.after === undefined ? undefined : JSON.parse(query.after);
  const behind = place === undefined ? sorted : sorted.filter((one) => compare(placeOf(one), place) > 0);
  const resources = behind.slice(query.skip ?? 0).slice(0, take);
  const last = resources.at(-1);
  const isEnd = (query.skip ?? 0) + take >= behind.length;
  return {
    resources,
    ...(last === undefined || isEnd ? {} : { next: JSON.stringify(placeOf(last)) }),
    ...(query.count ? { total: sorted.length } : {}),
  };
}
