import type { Listing } from "./list-page.ts";

/**
 * For whom and for which query a cursor is good: tenant, principal, types, filter and order, names of attributes in any
 * case. What the client wants to see of the resources does not belong to it, and how many of them is told apart.
 */
export function bindingOf({ exchange, types, filter, sort }: Listing): string {
  const { tenant, id } = exchange.principal;
  return JSON.stringify([
    "cursor of a listing",
    tenant,
    id,
    types.map((type) => type.name),
    filter === undefined ? null : inOneSpelling(filter.tree),
    sort === undefined ? null : [inOneSpelling(sort.by), sort.order],
  ]);
}

const NAMES: ReadonlySet<string> = new Set(["schema", "attribute", "sub"]);

/** RFC 9865 itself goes on with `username` where it began with `userName`. */
function inOneSpelling(tree: object): string {
  return JSON.stringify(tree, (key, value: unknown) => {
    if (key === "position") return undefined;
    return NAMES.has(key) && typeof value === "string" ? value.toLowerCase() : value;
  });
}
