import { comparisonKey } from "../../filter/comparison-key.ts";
import { parsePath } from "../../path/parse-path.ts";
import { resolvePath } from "../../schema/attributes/resolve-path.ts";
import { filterView } from "../../storage/fallback/filter-view.ts";
import type { Sort } from "../../storage/list-query.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import { expectSame, expectThat } from "../contract/contract-violation.ts";
import { oddUserType } from "./filter-data.ts";

/** Both orders of a sort. */
export const ORDERS: readonly Sort["order"][] = ["ascending", "descending"];

/** A sort of odd users. */
export function sortBy(text: string, order: Sort["order"]): Sort {
  const path = resolvePath(oddUserType, parsePath(text).path);
  expectThat(path !== undefined, `${text} is an attribute`);
  return { path, order };
}

/** What a resource is sorted by; `undefined` where it has no such value. */
export function sortKeyOf(partition: Partition, resource: StoredResource, { path }: Sort): string | number | undefined {
  const definition = path.sub ?? path.attribute;
  const view = filterView(partition, resource);
  const holder = path.extension === undefined ? view : view[path.extension];
  const value = (holder as Record<string, unknown> | undefined)?.[path.attribute?.name ?? ""];
  const one = Array.isArray(value) ? (value.find((element) => element?.primary === true) ?? value[0]) : value;
  const leaf = path.sub === undefined ? one : (one as Record<string, unknown> | null | undefined)?.[path.sub.name];
  const key = definition === undefined ? undefined : comparisonKey(definition)(leaf);
  return typeof key === "boolean" ? Number(key) : key;
}

/** Compares keys in ascending order, texts by their code points, none last. */
export function compareKeys(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  if (typeof a === "string" && typeof b === "string") return compareUtf8(a, b);
  return a < b ? -1 : 1;
}

/** Checks that these are all the people, in the order of the sort; where they are equal, in any. */
export function expectOrder(
  listed: readonly StoredResource[],
  people: readonly StoredResource[],
  partition: Partition,
  sort: Sort,
): void {
  const sign = sort.order === "ascending" ? 1 : -1;
  const keys = (all: readonly StoredResource[]) => all.map((one) => sortKeyOf(partition, one, sort) ?? null);
  const sorted = people.toSorted(
    (a, b) => sign * compareKeys(sortKeyOf(partition, a, sort), sortKeyOf(partition, b, sort)),
  );
  const name = `${sort.path.attribute?.name}${sort.path.sub === undefined ? "" : `.${sort.path.sub.name}`}`;
  expectSame(keys(listed), keys(sorted), `The order is ${sort.order} by ${name}`);
  expectSame(new Set(listed.map((one) => one.id)).size, people.length, "Each is listed once");
}
