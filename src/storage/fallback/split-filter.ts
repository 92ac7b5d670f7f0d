import type { ResolvedFilter } from "../../filter/resolved.ts";

/** A filter in two parts that must both hold. */
export interface SplitFilter {
  /** The part for the driver. */
  readonly given: ResolvedFilter | undefined;
  /** The part that is applied above the driver. */
  readonly rest: ResolvedFilter | undefined;
}

/** Gives the driver the whole filter or, of an `and`, the terms that it supports exactly. */
export function splitFilter(
  filter: ResolvedFilter | undefined,
  supports: (filter: ResolvedFilter) => boolean,
): SplitFilter {
  if (filter === undefined || supports(filter)) return { given: filter, rest: undefined };
  if (filter.type !== "and") return { given: undefined, rest: filter };
  const given = filter.terms.filter(supports);
  return { given: conjunction(given), rest: conjunction(filter.terms.filter((term) => !given.includes(term))) };
}

function conjunction(terms: readonly ResolvedFilter[]): ResolvedFilter | undefined {
  return terms.length > 1 ? { type: "and", terms } : terms[0];
}
