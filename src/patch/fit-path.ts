import { fitLiteral, type LiteralCoercions } from "../filter/fit-literal.ts";
import type { FilterLeaf, PatchPath } from "../path/tree.ts";
import { mapLeaves } from "../path/walk-tree.ts";
import { findSubAttribute } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../schema/attributes/definition.ts";
import type { LocatedPath } from "./request-paths.ts";

/** How literals are converted, and what is called for each conversion. */
export interface FittingLiterals {
  readonly type: ResourceType;
  readonly coercions: LiteralCoercions;
  readonly onCoerce: (name: keyof LiteralCoercions) => void;
}

/**
 * The path with the literals of its filter converted to the types of their attributes, as in the filter of a listing.
 * Undefined if that changes nothing.
 */
export function fitPath({ path, attribute }: LocatedPath, fitting: FittingLiterals): PatchPath | undefined {
  const { filter } = path;
  if (filter === undefined || attribute === undefined) return undefined;
  let isChanged = false;
  const fitted = mapLeaves(filter, (leaf) => {
    const changed = fitLeaf(leaf, attribute, fitting);
    isChanged ||= changed !== leaf;
    return changed;
  });
  return isChanged ? { ...path, filter: fitted } : undefined;
}

function fitLeaf(
  leaf: FilterLeaf,
  attribute: AttributeDefinition,
  { type, coercions, onCoerce }: FittingLiterals,
): FilterLeaf {
  if (leaf.type !== "comparison" || leaf.value === null) return leaf;
  const compared = attribute.type === "complex" ? findSubAttribute(type, attribute, leaf.path.attribute) : attribute;
  const literal = compared && fitLiteral(compared, leaf.operator, leaf.value, coercions);
  if (literal === undefined || "fault" in literal || literal.coerced === undefined) return leaf;
  onCoerce(literal.coerced);
  return { ...leaf, value: literal.value };
}
