import type { ResolvedFilter } from "../../filter/resolved.ts";
import { foldString } from "../../values/fold.ts";
import type { UniqueValue } from "../storage.ts";

/**
 * The unique value that exactly the resources matching this filter hold, or `undefined` where the filter is not an
 * equality on a unique attribute. It rests on what `UniqueValue` promises of its key.
 */
export function uniqueLookup(filter: ResolvedFilter): UniqueValue | undefined {
  if (filter.type !== "comparison" || filter.operator !== "eq" || typeof filter.value !== "string") return undefined;
  const { extension, attribute, sub } = filter.path;
  if (extension !== undefined || sub !== undefined || attribute === undefined) return undefined;
  if (attribute.uniqueness === "none" || attribute.multiValued || attribute.type !== "string") return undefined;
  // The id is unique too, but it is no UniqueValue.
  if (attribute.name === "id") return undefined;
  return { attribute: attribute.name, key: attribute.caseExact ? filter.value : foldString(filter.value) };
}
