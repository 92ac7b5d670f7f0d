import { sortKey } from "../../filter/sort-key.ts";
import { sortInTurns } from "../../work/sort-in-turns.ts";
import type { Work } from "../../work/work.ts";
import { orderKey } from "../driver/order-key.ts";
import { filterView } from "../fallback/filter-view.ts";
import { comparePlaces, type Sorted } from "../fallback/sorted-listing.ts";
import type { Sort } from "../list-query.ts";
import type { Partition, StoredResource } from "../stored-resource.ts";
import type { Tables } from "./tables.ts";

/** A partition in one order. */
export interface PartitionOrder {
  readonly tables: Tables;
  readonly partition: Partition;
  readonly sort: Sort;
}

/** The orders in which partitions were listed last, so that the pages of one listing sort once. */
export interface SortedOrders {
  /** The resources in their order, as it was made for the same tables. */
  get(order: PartitionOrder): readonly Sorted[] | undefined;
  set(order: PartitionOrder, resources: readonly Sorted[]): void;
}

/** How many orders are kept; any write makes all of them useless. */
const KEPT = 4;

/** An empty memory of orders. */
export function createSortedOrders(): SortedOrders {
  let kept: readonly { readonly order: PartitionOrder; readonly resources: readonly Sorted[] }[] = [];
  return {
    get: (order) => kept.find((each) => isSame(each.order, order))?.resources,
    set: (order, resources) => {
      const current = kept.filter((each) => each.order.tables.order === order.tables.order);
      kept = [{ order, resources }, ...current].slice(0, KEPT);
    },
  };
}

function isSame(one: PartitionOrder, other: PartitionOrder): boolean {
  const { path, order } = one.sort;
  return (
    one.tables.order === other.tables.order &&
    one.partition.tenant === other.partition.tenant &&
    one.partition.type === other.partition.type &&
    order === other.sort.order &&
    path.attribute === other.sort.path.attribute &&
    path.sub === other.sort.path.sub
  );
}

/** The work of reading a sort key. */
const KEY = 6;

/** Sorts resources, letting others run meanwhile. */
export async function sorted(
  resources: readonly StoredResource[],
  { partition, sort }: Pick<PartitionOrder, "partition" | "sort">,
  work: Work,
): Promise<readonly Sorted[]> {
  const keyOf = sortKey(sort.path);
  const found: Sorted[] = [];
  for (const resource of resources) {
    work.spend(KEY, "sorting");
    const key = keyOf(filterView(partition, resource));
    found.push({ key: key === undefined ? null : orderKey(key), id: resource.id, resource });
    const pause = work.pause();
    if (pause !== undefined) await pause;
  }
  return sortInTurns(found, comparePlaces(sort.order), work);
}
