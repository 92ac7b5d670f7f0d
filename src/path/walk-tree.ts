import type { FilterNode } from "./tree.ts";

/** What every leaf has: a type other than those that join terms. */
interface AnyLeaf {
  readonly type: "comparison" | "present" | "valuePath" | "never";
}

/** How to get the result of a leaf, and of terms that are negated or joined. */
export interface TreeFold<Leaf, Result> {
  readonly leaf: (leaf: Leaf) => Result;
  readonly not: (term: Result) => Result;
  readonly join: (type: "and" | "or", terms: readonly Result[]) => Result;
}

/**
 * Computes a result for a tree, from the leaves up. The filter in the brackets of a `valuePath` belongs to its leaf.
 */
export function foldTree<Leaf extends AnyLeaf, Result>(tree: FilterNode<Leaf>, fold: TreeFold<Leaf, Result>): Result {
  switch (tree.type) {
    case "and":
    case "or":
      return fold.join(
        tree.type,
        tree.terms.map((term) => foldTree(term, fold)),
      );
    case "not":
      return fold.not(foldTree(tree.term, fold));
    default:
      return fold.leaf(tree);
  }
}

/** The tree with each leaf replaced. */
export function mapLeaves<Leaf extends AnyLeaf, Other>(
  tree: FilterNode<Leaf>,
  change: (leaf: Leaf) => FilterNode<Other>,
): FilterNode<Other> {
  return foldTree<Leaf, FilterNode<Other>>(tree, {
    leaf: change,
    not: (term) => ({ type: "not", term }),
    join: (type, terms) => ({ type, terms }),
  });
}

/** The leaves of a tree in their order. */
export function leavesOf<Leaf extends AnyLeaf>(tree: FilterNode<Leaf>): readonly Leaf[] {
  return foldTree<Leaf, readonly Leaf[]>(tree, {
    leaf: (leaf) => [leaf],
    not: (leaves) => leaves,
    join: (_, terms) => terms.flat(),
  });
}
