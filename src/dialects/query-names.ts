import type { Dialect } from "../patch/dialect.ts";
import { RequestPaths } from "../patch/request-paths.ts";
import { printAttributePath } from "../path/print.ts";
import type { AttributePath, FilterLeaf, FilterTree } from "../path/tree.ts";
import { mapLeaves } from "../path/walk-tree.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { splitPath } from "../schema/attributes/split-path.ts";

/** Called with the name of each transform that was needed. */
export type OnTransform = (name: string) => void;

/** The name of an attribute, as a projection or `sortBy` has it, in the form of the RFC. */
export function transformName(dialect: Dialect, type: ResourceType, text: string, onTransform: OnTransform): string {
  const context = new RequestPaths(type);
  let current = text;
  for (const { name, attributeName } of dialect.transforms) {
    const changed = attributeName?.(current, context);
    if (changed === undefined) continue;
    onTransform(name);
    current = changed;
  }
  return current;
}

/** The text of a filter before it is parsed: a dialect can accept names that the grammar does not. */
export function transformFilterText(dialect: Dialect, text: string, onTransform: OnTransform): string {
  let current = text;
  for (const { name, filterText } of dialect.transforms) {
    const changed = filterText?.(current);
    if (changed === undefined) continue;
    onTransform(name);
    current = changed;
  }
  return current;
}

/** A parsed filter with the names of its attributes in the form of the RFC. */
export function transformFilter(
  dialect: Dialect,
  type: ResourceType,
  tree: FilterTree,
  onTransform: OnTransform,
): FilterTree {
  if (dialect.transforms.every(({ attributeName }) => attributeName === undefined)) return tree;
  return mapLeaves(tree, (leaf): FilterLeaf => {
    const path = transformPath(dialect, type, leaf.path, onTransform);
    return path === leaf.path ? leaf : { ...leaf, path };
  });
}

function transformPath(
  dialect: Dialect,
  type: ResourceType,
  path: AttributePath,
  onTransform: OnTransform,
): AttributePath {
  const text = printAttributePath(path);
  const renamed = transformName(dialect, type, text, onTransform);
  return renamed === text ? path : { ...splitPath(renamed), position: path.position };
}
