import type { TransformContext } from "../patch/dialect.ts";
import type { LocatedPath } from "../patch/request-paths.ts";
import { printPath } from "../path/print.ts";
import type { ComparisonValue, FilterLeaf } from "../path/tree.ts";
import { mapLeaves } from "../path/walk-tree.ts";
import { findSubAttribute } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../schema/attributes/definition.ts";
import type { Members } from "./rewrite.ts";

/** Rewrites a value that a filter compares with an attribute; returns the same value if there is nothing to do. */
export type RewriteLiteral = (attribute: AttributeDefinition, value: ComparisonValue) => ComparisonValue;

/** The operation with the filter of its path rewritten; undefined if that changes nothing. */
export function rewritePathFilter(
  operation: Members,
  context: TransformContext,
  rewrite: RewriteLiteral,
): Record<string, unknown> | undefined {
  const place = context.locate(operation.path);
  const filter = place?.path.filter;
  if (place === undefined || filter === undefined) return undefined;
  let isChanged = false;
  const rewritten = mapLeaves(filter, (leaf) => {
    const changed = rewriteLeaf(leaf, place, { type: context.type, rewrite });
    isChanged ||= changed !== leaf;
    return changed;
  });
  return isChanged ? { ...operation, path: printPath({ ...place.path, filter: rewritten }) } : undefined;
}

function rewriteLeaf(
  leaf: FilterLeaf,
  { attribute }: LocatedPath,
  { type, rewrite }: { readonly type: ResourceType; readonly rewrite: RewriteLiteral },
): FilterLeaf {
  if (leaf.type !== "comparison" || attribute === undefined) return leaf;
  const sub = findSubAttribute(type, attribute, leaf.path.attribute);
  const value = sub === undefined ? leaf.value : rewrite(sub, leaf.value);
  return value === leaf.value ? leaf : { ...leaf, value };
}
