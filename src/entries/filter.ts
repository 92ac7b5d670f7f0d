export type { FilterableResource } from "../filter/compile-filter.ts";
export { type CompileOptions, compileFilter, compileResolved } from "../filter/compile-filter.ts";
export type { LiteralCoercions } from "../filter/fit-literal.ts";
export type { Predicate } from "../filter/reach.ts";
export type { ResolveFilterOptions } from "../filter/resolve-filter.ts";
export { resolveFilter } from "../filter/resolve-filter.ts";
export type { ResolvedFilter, ResolvedLeaf } from "../filter/resolved.ts";
export { parseFilter } from "../path/parse-filter.ts";
export { parseAttributePath, parsePath } from "../path/parse-path.ts";
export { printAttributePath, printFilter, printPath } from "../path/print.ts";
export type {
  AttributePath,
  ComparisonOperator,
  ComparisonValue,
  FilterLeaf,
  FilterLeniencies,
  FilterLimits,
  FilterNode,
  FilterTree,
  ParseFilterOptions,
  PatchPath,
} from "../path/tree.ts";
