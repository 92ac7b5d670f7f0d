import { type ComparisonKey, comparisonKey } from "../../filter/comparison-key.ts";
import { isObject } from "../../schema/is-object.ts";
import { filterView } from "../../storage/filter-view.ts";
import type { Found } from "./list-part.ts";
import type { CompareFound } from "./merged.ts";

export function compareBy(order: "ascending" | "descending"): CompareFound {
  const sign = order === "ascending" ? 1 : -1;
  return (left, right) => sign * compareKeys(keyOf(left), keyOf(right));
}

function keyOf({ part, resource }: Found): ComparisonKey | undefined {
  const path = part.sort?.path;
  if (path?.attribute === undefined) return undefined;
  const view = filterView({ tenant: "", type: part.type.name }, resource);
  const holder = path.extension === undefined ? view : view[path.extension];
  if (!isObject(holder)) return undefined;
  const value = first(holder[path.attribute.name]);
  if (path.sub === undefined) return comparisonKey(path.attribute)(value);
  return isObject(value) ? comparisonKey(path.sub)(first(value[path.sub.name])) : undefined;
}

function first(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.find((each) => isObject(each) && each.primary === true) ?? value[0];
}

function compareKeys(left: ComparisonKey | undefined, right: ComparisonKey | undefined): number {
  if (left === undefined || right === undefined) return (left === undefined ? 1 : 0) - (right === undefined ? 1 : 0);
  if (typeof left !== typeof right) return typeof left < typeof right ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}
