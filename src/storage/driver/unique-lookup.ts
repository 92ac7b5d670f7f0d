import type { ResolvedFilter } from "../../filter/resolved.ts";
import { foldString } from "../../values/fold.ts";
import type { UniqueValue } from "../stored-resource.ts";

/**
 * The unique value of exactly the resources that match this filter, or `undefined` if the filter is not an equality on
 * a unique attribute. It relies on the guarantees of `UniqueValue`.
 */
export function uniqueLookup(filter: ResolvedFilter): UniqueValue | undefined {
  if (filter.type !== "comparison" || filter.operator !== "eq" || typeof filter.value !== "string") return undefined;
  const { extension, attribute, sub } = filter.path;
  if (extension !== undefined || sub !== undefined || attribute === undefined) return undefined;
  if (attribute.uniqueness === "none" || attribute.multiValued || attribute.type !== "string") return undefined;
  // The id is unique too, but it is not a UniqueValue.
  if (attribute.name === "id") return undefined;
  return { attribute: attribute.name, key: attribute.caseExact ? filter.value : foldString(filter.value) };
}
