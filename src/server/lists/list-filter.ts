import { isScimError } from "../../errors/scim-error.ts";
import { type ResolveFilterOptions, resolveFilter } from "../../filter/resolve-filter.ts";
import { leniencies, literalCoercions } from "../../patch/leniencies.ts";
import { filterFault } from "../../path/faults.ts";
import { parseFilter } from "../../path/parse-filter.ts";
import { printAttributePath } from "../../path/print.ts";
import type { FilterLeaf, FilterTree } from "../../path/tree.ts";
import { leavesOf } from "../../path/walk-tree.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { RequestContext } from "../requests/context.ts";
import { tellDialect } from "../requests/tell-dialect.ts";
import { withoutDerived } from "./derived-values.ts";
import type { ListRequest } from "./list-request.ts";
import { refuseSensitive } from "./sensitive.ts";
import { narrowToType, type TypeFilter } from "./type-filter.ts";

/** A filter, resolved for each of the queried types. */
export interface ListFilter {
  readonly tree: FilterTree;
  of(type: ResourceType): TypeFilter;
}

/**
 * Reads the filter of a listing. If several types are listed, an attribute that a type does not have counts as absent
 * there (RFC 7644 section 3.4.2.1); an attribute that none of them has is an error.
 *
 * @throws {InvalidFilterError} as `parseFilter` and `resolveFilter`
 * @throws {SensitiveError} for a filter in a URI that names a sensitive attribute
 */
export function readListFilter(
  requestContext: RequestContext,
  request: ListRequest,
  types: readonly ResourceType[],
): ListFilter | undefined {
  if (request.filter === undefined) return undefined;
  const { baseUrl, dialect, limits, sensitiveFilters } = requestContext.context;
  const used = new Set<string>();
  const tree = parseFilter(request.filter, {
    maxLength: limits.maxFilterLength,
    maxDepth: limits.maxFilterDepth,
    maxTerms: limits.maxFilterTerms,
    leniencies: leniencies(dialect),
    onLeniency: (name) => used.add(name),
  });
  const options: ResolveFilterOptions = { ...literalCoercions(dialect), onCoerce: (name) => used.add(name) };
  const filters = new Map<ResourceType, TypeFilter>();
  for (const type of types) {
    const filter = resolveFilter(tree, type, { ...options, unknown: types.length > 1 ? "absent" : "reject" });
    if (request.inUri === true) refuseSensitive(filter, type, sensitiveFilters);
    filters.set(type, narrowToType(withoutDerived(filter, type, baseUrl), type));
  }
  if (types.length > 1) requireKnown(tree, types, options);
  tellLeniencies(requestContext, used);
  return { tree, of: (type) => filters.get(type) ?? "none" };
}

function tellLeniencies(requestContext: RequestContext, used: ReadonlySet<string>): void {
  const transforms = requestContext.context.dialect.transforms.filter(
    (each) => used.has(each.filter ?? "") || used.has(each.literal ?? ""),
  );
  tellDialect(
    requestContext,
    transforms.map((each) => each.name),
  );
}

/** Each term must be valid for at least one type; otherwise a misspelt name would silently find nothing. */
function requireKnown(tree: FilterTree, types: readonly ResourceType[], options: ResolveFilterOptions): void {
  for (const leaf of leavesOf(tree)) {
    if (types.some((type) => isKnown(leaf, type, options))) continue;
    const { path } = leaf;
    const within = leaf.type === "valuePath" ? " with what its brackets name" : "";
    throw filterFault(path.position, `no resource type can be searched by ${printAttributePath(path)}${within}`);
  }
}

function isKnown(leaf: FilterLeaf, type: ResourceType, options: ResolveFilterOptions): boolean {
  try {
    resolveFilter(leaf, type, { ...options, unknown: "reject" });
    return true;
  } catch (error) {
    if (isScimError(error)) return false;
    throw error;
  }
}
