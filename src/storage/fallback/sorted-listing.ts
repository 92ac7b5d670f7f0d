import { compareSortKeys, sortKey } from "../../filter/sort-key.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import { orderKey } from "../driver/order-key.ts";
import { printSortCursor, readSortCursor, type SortPlace } from "../driver/sort-cursor.ts";
import type { ListQuery, Sort } from "../list-query.ts";
import type { Partition, StoredResource } from "../stored-resource.ts";
import { filterView } from "./filter-view.ts";

/** A resource with its place in a sorted listing. */
export interface Sorted extends SortPlace {
  readonly resource: StoredResource;
}

/** The query of a page of a sorted listing. */
export interface SortedQuery extends Pick<ListQuery, "after" | "skip" | "take"> {
  readonly sort: Sort;
}

/** Collects the page of a sorted listing from resources in any order. */
export interface SortedPage {
  /** Adds a resource. */
  add(resource: StoredResource): void;
  /** The resources of the page in order, and the cursor after the last one if there are more. */
  result(): { readonly resources: readonly StoredResource[]; readonly next: string | undefined };
}

/**
 * A page of the listing after `after`, without the first `skip`. It keeps at most twice as many resources as there are
 * up to the end of the page.
 *
 * @throws {InvalidValueError} when `after` is not a cursor of a sorted listing
 */
export function createSortedPage(partition: Partition, query: SortedQuery): SortedPage {
  const compare = comparePlaces(query.sort.order);
  const keyOf = sortKey(query.sort.path);
  const after = query.after === undefined ? undefined : readSortCursor(query.after);
  const start = Math.max(0, query.skip ?? 0);
  const end = start + Math.max(0, query.take);
  let best: Sorted[] = [];
  const cut = (): void => {
    best = best.sort(compare).slice(0, end + 1);
  };
  return {
    add: (resource) => {
      const key = keyOf(filterView(partition, resource));
      const found = { key: key === undefined ? null : orderKey(key), id: resource.id, resource };
      if (after !== undefined && compare(found, after) <= 0) return;
      best.push(found);
      if (best.length > 2 * (end + 1)) cut();
    },
    result: () => {
      cut();
      const page = best.slice(start, end);
      const last = page.at(-1);
      const hasMore = best.length > end && last !== undefined;
      return { resources: page.map((found) => found.resource), next: hasMore ? printSortCursor(last) : undefined };
    },
  };
}

/** Missing keys last in ascending and first in descending order; equal keys by id, in ascending order. */
export function comparePlaces(order: Sort["order"]): (left: SortPlace, right: SortPlace) => number {
  const sign = order === "ascending" ? 1 : -1;
  const keyOf = ({ key }: SortPlace): string | undefined => key ?? undefined;
  return (left, right) => sign * compareSortKeys(keyOf(left), keyOf(right)) || compareUtf8(left.id, right.id);
}
