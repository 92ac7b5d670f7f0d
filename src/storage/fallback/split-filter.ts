import type { ResolvedFilter } from "../../filter/resolved.ts";

/** A filter in two parts that must both hold. */
export interface SplitFilter {
  /** What the driver answers. */
  readonly given: ResolvedFilter | undefined;
  /** What is left to be filtered above the driver. */
  readonly rest: ResolvedFilter | undefined;
}

/** Gives the driver the whole filter or, of a conjunction, the terms it answers exactly. */
export function splitFilter(
  filter: ResolvedFilter | undefined,
  answers: (filter: ResolvedFilter) => boolean,
): SplitFilter {
  if (filter === undefined || answers(filter)) return { given: filter, rest: undefined };
  if (filter.type !== "and") return { given: undefined, rest: filter };
  const given = filter.terms.filter(answers);
  return { given: conjunction(given), rest: conjunction(filter.terms.filter((term) => !given.includes(term))) };
}

function conjunction(terms: readonly ResolvedFilter[]): ResolvedFilter | undefined {
  return terms.length > 1 ? { type: "and", terms } : terms[0];
}
