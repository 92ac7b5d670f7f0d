import type { Listing } from "./list-page.ts";

/**
 * What a cursor is valid for: tenant, principal, types, filter and order, with attribute names in any case. The
 * projection is not part of it, and the page size is checked separately.
 */
export function bindingOf({ requestContext, types, filter, sort }: Listing): string {
  const { tenant, id } = requestContext.principal;
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

/** In an example of RFC 9865, the first page has `userName` and the next one `username`. */
function inOneSpelling(tree: object): string {
  return JSON.stringify(tree, (key, value: unknown) => {
    if (key === "position") return undefined;
    return NAMES.has(key) && typeof value === "string" ? value.toLowerCase() : value;
  });
}
