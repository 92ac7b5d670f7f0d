import type { ResolvedFilter, ResolvedLeaf } from "../../../filter/resolved.ts";
import { foldTree } from "../../../path/walk-tree.ts";
import { allOf, anyOf, type Condition, FALSE, notOf } from "./condition.ts";

/** A leaf that depends on a resource. */
export type SearchLeaf = Exclude<ResolvedLeaf, { type: "never" }>;

/** How the result for a leaf is made. */
interface LeafFold<Result> {
  /** Not called for `ne`, the opposite of `eq`. */
  readonly leaf: (leaf: SearchLeaf) => Result;
  readonly never: Result;
  readonly not: (result: Result) => Result;
}

/**
 * The condition of a filter; `leaf` returns the conditions of its leaves. It is not called for `ne`, the opposite of
 * `eq`.
 */
export function treeCondition(filter: ResolvedFilter, leaf: (leaf: SearchLeaf) => Condition): Condition {
  return foldTree(filter, {
    leaf: (each) => conditionOfLeaf(each, { leaf, never: FALSE, not: notOf }),
    not: notOf,
    join: (type, terms) => (type === "and" ? allOf(terms) : anyOf(terms)),
  });
}

/** The result for any leaf. */
export function conditionOfLeaf<Result>(each: ResolvedLeaf, { leaf, never, not }: LeafFold<Result>): Result {
  if (each.type === "never") return never;
  const isNegated = each.type === "comparison" && each.operator === "ne";
  return isNegated ? not(leaf({ ...each, operator: "eq" })) : leaf(each);
}
