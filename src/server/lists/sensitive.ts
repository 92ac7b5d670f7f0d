import { SensitiveError } from "../../errors/request-errors.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import type { AttributePath } from "../../path/tree.ts";
import { leavesOf } from "../../path/walk-tree.ts";
import type { ResolvedPath, ResourceType } from "../../schema/attributes/definition.ts";
import { printResolvedPath, resolvePath } from "../../schema/attributes/resolve-path.ts";

/**
 * Refuses a filter in a URI, which logs and proxies keep, if it names an attribute that the application declared
 * sensitive (RFC 7644 section 7.5.2).
 *
 * @throws {SensitiveError} naming the attribute and what to do instead
 */
export function refuseSensitive(filter: ResolvedFilter, type: ResourceType, sensitive: readonly AttributePath[]): void {
  if (sensitive.length === 0) return;
  const guarded = sensitive.flatMap((path) => resolvePath(type, path) ?? []);
  const named = pathsOf(filter).find((path) => guarded.some((each) => covers(each, path)));
  if (named === undefined) return;
  throw new SensitiveError(`${printResolvedPath(named)} must not be used in a URI: search with POST to .search`);
}

function covers(guarded: ResolvedPath, path: ResolvedPath): boolean {
  if (guarded.extension !== path.extension) return false;
  if (guarded.attribute === undefined) return true;
  if (guarded.attribute.name !== path.attribute?.name) return false;
  return guarded.sub === undefined || guarded.sub.name === path.sub?.name;
}

function pathsOf(filter: ResolvedFilter): readonly ResolvedPath[] {
  return leavesOf(filter).flatMap((leaf) => {
    if (leaf.type === "never") return [];
    return leaf.type === "valuePath" ? [leaf.path, ...pathsOf(leaf.filter)] : [leaf.path];
  });
}
