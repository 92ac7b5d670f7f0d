import type { ResolvedFilter } from "../../filter/resolved.ts";

/** The ids of exactly the resources that match an `eq` on the id, or an `or` of several; undefined for any other filter. */
export function namedIds(filter: ResolvedFilter): readonly string[] | undefined {
  const terms = filter.type === "or" ? filter.terms : [filter];
  const ids = terms.flatMap((term) => namedId(term) ?? []);
  return ids.length === terms.length ? [...new Set(ids)] : undefined;
}

/** The id that a filter compares the id of a resource with by `eq`. */
export function namedId(filter: ResolvedFilter): string | undefined {
  if (filter.type !== "comparison" || filter.operator !== "eq" || typeof filter.value !== "string") return undefined;
  const { extension, attribute, sub } = filter.path;
  const isId = extension === undefined && sub === undefined && attribute?.name === "id" && attribute.caseExact;
  return isId ? filter.value : undefined;
}
