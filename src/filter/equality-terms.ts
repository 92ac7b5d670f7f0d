import type { ComparisonValue } from "../path/tree.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import type { ResolvedFilter } from "./resolved.ts";

/** One `eq` term of a filter over an element. */
export interface EqualityTerm {
  /** The sub-attribute; undefined where the element itself is compared. */
  readonly sub: AttributeDefinition | undefined;
  readonly value: ComparisonValue;
}

/**
 * The terms of a filter made by `resolveElementFilter` that consists of `eq` terms only, one or several joined by
 * `and`: the values that an element must have to match. Undefined for any other filter, and for one that requires two
 * values of the same sub-attribute.
 */
export function equalityTerms(filter: ResolvedFilter): readonly EqualityTerm[] | undefined {
  if (filter.type === "comparison") {
    return filter.operator === "eq" ? [{ sub: filter.path.sub, value: filter.value }] : undefined;
  }
  if (filter.type !== "and") return undefined;
  const byName = new Map<string | undefined, EqualityTerm>();
  for (const inner of filter.terms) {
    for (const term of equalityTerms(inner) ?? [undefined]) {
      if (term === undefined) return undefined;
      const known = byName.get(term.sub?.name);
      if (known !== undefined && known.value !== term.value) return undefined;
      byName.set(term.sub?.name, term);
    }
  }
  return [...byName.values()];
}
