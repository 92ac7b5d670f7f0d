import { transformFilter, transformFilterText } from "../../dialects/query-names.ts";
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
  const transforms = new Set<string>();
  const onTransform = (name: string): void => void transforms.add(name);
  const tree = parseFilter(transformFilterText(dialect, request.filter, onTransform), {
    maxLength: limits.maxFilterLength,
    maxDepth: limits.maxFilterDepth,
    maxTerms: limits.maxFilterTerms,
    leniencies: leniencies(dialect),
    onLeniency: (name) => used.add(name),
  });
  const options: ResolveFilterOptions = { ...literalCoercions(dialect), onCoerce: (name) => used.add(name) };
  const filters = new Map<ResourceType, TypeFilter>();
  for (const type of types) {
    const named = transformFilter(dialect, type, tree, onTransform);
    const filter = resolveFilter(named, type, { ...options, unknown: types.length > 1 ? "absent" : "reject" });
    if (request.inUri === true) refuseSensitive(filter, type, sensitiveFilters);
    filters.set(type, narrowToType(withoutDerived(filter, type, baseUrl), type));
  }
  if (types.length > 1) {
    requireKnown(tree, types, (leaf, type) =>
      isKnown(transformFilter(dialect, type, leaf, onTransform), type, options),
    );
  }
  tellTransforms(requestContext, used, transforms);
  return { tree, of: (type) => filters.get(type) ?? "none" };
}

/** Reports the transforms of which a leniency or a coercion was used, and those that were applied. */
function tellTransforms(requestContext: RequestContext, used: ReadonlySet<string>, applied: ReadonlySet<string>): void {
  const transforms = requestContext.context.dialect.transforms.filter(
    (each) => used.has(each.filter ?? "") || used.has(each.literal ?? "") || applied.has(each.name),
  );
  tellDialect(
    requestContext,
    transforms.map((each) => each.name),
  );
}

/** Each term must be valid for at least one type; otherwise a misspelt name would silently find nothing. */
function requireKnown(
  tree: FilterTree,
  types: readonly ResourceType[],
  isKnownTo: (leaf: FilterLeaf, type: ResourceType) => boolean,
): void {
  for (const leaf of leavesOf(tree)) {
    if (types.some((type) => isKnownTo(leaf, type))) continue;
    const { path } = leaf;
    const within = leaf.type === "valuePath" ? " with what its brackets name" : "";
    throw filterFault(path.position, `no resource type can be searched by ${printAttributePath(path)}${within}`);
  }
}

function isKnown(leaf: FilterTree, type: ResourceType, options: ResolveFilterOptions): boolean {
  try {
    resolveFilter(leaf, type, { ...options, unknown: "reject" });
    return true;
  } catch (error) {
    if (isScimError(error)) return false;
    throw error;
  }
}
