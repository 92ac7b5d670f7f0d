import type { ComparisonKey } from "../../filter/comparison-key.ts";
import { compareSortKeys, sortKey } from "../../filter/sort-key.ts";
import { filterView } from "../../storage/filter-view.ts";
import type { Sort } from "../../storage/storage.ts";
import { type Exchange, partitionOf } from "../context.ts";
import type { Found, ListPart } from "./list-part.ts";
import type { CompareFound } from "./merged.ts";

/** Orders resources of several types as each storage orders those of one (RFC 7644 section 3.4.2.3). */
export function compareBy(exchange: Exchange, parts: readonly ListPart[], order: Sort["order"]): CompareFound {
  const keys = new Map(parts.map((part) => [part, keyOfPart(exchange, part)]));
  const keyOf = (found: Found): ComparisonKey | undefined => keys.get(found.part)?.(found);
  const sign = order === "ascending" ? 1 : -1;
  return (left, right) => sign * compareKeys(keyOf(left), keyOf(right));
}

/** A type that does not have the attribute has no value of it. */
function keyOfPart(exchange: Exchange, { sort, type }: ListPart): (found: Found) => ComparisonKey | undefined {
  if (sort === undefined) return () => undefined;
  const key = sortKey(sort.path);
  const partition = partitionOf(exchange, type);
  return ({ resource }) => key(filterView(partition, resource));
}

/** Types may call attributes of different types by one name: then all values of one type come before those of the other. */
function compareKeys(left: ComparisonKey | undefined, right: ComparisonKey | undefined): number {
  if (left === undefined || right === undefined || typeof left === typeof right) return compareSortKeys(left, right);
  return typeof left < typeof right ? -1 : 1;
}
