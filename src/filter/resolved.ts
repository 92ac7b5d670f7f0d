import type { ComparisonOperator, ComparisonValue, FilterNode } from "../path/tree.ts";
import type { ResolvedPath } from "../schema/attributes/definition.ts";

/**
 * A filter looked up in a resource type: every path carries its attribute's definition, every operator fits its type.
 * Storage drivers receive this, never a text.
 *
 * Inside a `valuePath` the paths of `filter` are full paths too (`attribute` the multi-valued attribute, `sub` the one
 * compared), but they refer to one element: the terms must hold for the same element.
 *
 * In a comparison, a path to a complex attribute without sub-attribute has been completed with `value`. No comparison
 * holds null. `ne` is the opposite of `eq`: it holds if no value is equal, so also if there is no value.
 */
export type ResolvedFilter = FilterNode<ResolvedLeaf>;

/** A condition of a resolved filter on one attribute. */
export type ResolvedLeaf =
  | {
      readonly type: "comparison";
      readonly path: ResolvedPath;
      readonly operator: ComparisonOperator;
      readonly value: ComparisonValue;
    }
  | { readonly type: "present"; readonly path: ResolvedPath }
  | { readonly type: "valuePath"; readonly path: ResolvedPath; readonly filter: ResolvedFilter }
  /** Holds for no resource, e.g. an attribute that a root query knows for another type only. */
  | { readonly type: "never" };
