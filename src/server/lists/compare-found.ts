import { compareSortKeys, sortKey } from "../../filter/sort-key.ts";
import { orderKey } from "../../storage/driver/order-key.ts";
import { filterView } from "../../storage/fallback/filter-view.ts";
import type { Sort } from "../../storage/list-query.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import type { Found, ListPart } from "./list-part.ts";
import type { CompareFound } from "./merged.ts";

/** The work of comparing two resources: the keys of both are read. */
const COMPARISON = 12;

/** Orders resources of several types as a storage orders those of one. */
export function compareBy(
  requestContext: RequestContext,
  parts: readonly ListPart[],
  order: Sort["order"],
): CompareFound {
  const keys = new Map(parts.map((part) => [part, keyOfPart(requestContext, part)]));
  const keyOf = (found: Found): string | undefined => keys.get(found.part)?.(found);
  const sign = order === "ascending" ? 1 : -1;
  return (left, right) => {
    requestContext.work.spend(COMPARISON, "sorting");
    return sign * compareSortKeys(keyOf(left), keyOf(right));
  };
}

/** The resources of a type without the attribute have no sort key. */
function keyOfPart(requestContext: RequestContext, { sort, type }: ListPart): (found: Found) => string | undefined {
  if (sort === undefined) return () => undefined;
  const keyOf = sortKey(sort.path);
  const partition = partitionOf(requestContext, type);
  return ({ resource }) => {
    const key = keyOf(filterView(partition, resource));
    return key === undefined ? undefined : orderKey(key);
  };
}
