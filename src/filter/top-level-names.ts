import { leavesOf } from "../path/walk-tree.ts";
import type { ResolvedFilter } from "./resolved.ts";

/**
 * The names of the top-level attributes that a filter reads, in canonical case; of attributes of an extension, the
 * extension's URN. No other attribute must be loaded to decide the filter.
 */
export function topLevelNames(filter: ResolvedFilter): Set<string> {
  const paths = leavesOf(filter).flatMap((leaf) => (leaf.type === "never" ? [] : [leaf.path]));
  return new Set(paths.flatMap(({ extension, attribute }) => extension ?? attribute?.name ?? []));
}
