import type { ResolvedFilter, ResolvedLeaf } from "../../../filter/resolved.ts";
import { foldTree } from "../../../path/walk-tree.ts";
import { allOf, anyOf, type Condition, FALSE, notOf } from "./condition.ts";

/** A leaf that depends on a resource. */
export type SearchLeaf = Exclude<ResolvedLeaf, { type: "never" }>;

/**
 * The condition of a filter; `leaf` returns the conditions of its leaves. It is not called for `ne`, the opposite of
 * `eq`.
 */
export function treeCondition(filter: ResolvedFilter, leaf: (leaf: SearchLeaf) => Condition): Condition {
  return foldTree(filter, {
    leaf: (each) => {
      if (each.type === "never") return FALSE;
      const isNegated = each.type === "comparison" && each.operator === "ne";
      return isNegated ? notOf(leaf({ ...each, operator: "eq" })) : leaf(each);
    },
    not: notOf,
    join: (type, terms) => (type === "and" ? allOf(terms) : anyOf(terms)),
  });
}
