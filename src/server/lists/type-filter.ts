import { compileResolved } from "../../filter/compile-filter.ts";
import type { ResolvedFilter, ResolvedLeaf } from "../../filter/resolved.ts";
import { foldTree } from "../../path/walk-tree.ts";
import type { ResolvedPath, ResourceType } from "../../schema/attributes/definition.ts";

/** A filter for the resources of one type: all of them match, none does, or the storage decides. */
export type TypeFilter = "all" | "none" | ResolvedFilter;

/**
 * Removes the terms of a filter that the type alone decides: comparisons with `meta.resourceType`, and attributes that
 * the type does not have. A type without possible matches need not be read.
 */
export function narrowToType(filter: ResolvedFilter, type: ResourceType): TypeFilter {
  return foldTree(filter, { leaf: (leaf) => narrowLeaf(leaf, type), not: opposite, join });
}

function narrowLeaf(leaf: ResolvedLeaf, type: ResourceType): TypeFilter {
  if (leaf.type === "never") return "none";
  if (leaf.type === "valuePath" || !isResourceType(leaf.path)) return leaf;
  return compileResolved(leaf)({ meta: { resourceType: type.name } }) ? "all" : "none";
}

function opposite(filter: TypeFilter): TypeFilter {
  if (filter === "all") return "none";
  return filter === "none" ? "all" : { type: "not", term: filter };
}

function join(type: "and" | "or", terms: readonly TypeFilter[]): TypeFilter {
  const decisive = type === "and" ? "none" : "all";
  const indifferent = type === "and" ? "all" : "none";
  if (terms.includes(decisive)) return decisive;
  const open = terms.filter((term) => term !== "all" && term !== "none");
  const [first] = open;
  if (first === undefined) return indifferent;
  return open.length === 1 ? first : { type, terms: open };
}

function isResourceType({ extension, attribute, sub }: ResolvedPath): boolean {
  return extension === undefined && attribute?.name === "meta" && sub?.name === "resourceType";
}
