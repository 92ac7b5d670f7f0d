import { isScimError } from "../errors/scim-error.ts";
import { parsePath } from "../path/parse-path.ts";
import type { FilterLeniencies, PatchPath } from "../path/tree.ts";
import { findSubAttribute } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResolvedPath, ResourceType } from "../schema/attributes/definition.ts";
import { resolvePath } from "../schema/attributes/resolve-path.ts";

/** What a path names. */
export interface Location extends ResolvedPath {
  readonly path: PatchPath;
  /** Whether the path picks elements with a filter. */
  readonly filtered: boolean;
}

/** A detector reads whatever the dialect might; whether the path is accepted is decided behind it. */
const ANY_GRAMMAR: FilterLeniencies = {
  valuePathComparison: true,
  bareValues: true,
  singleQuotes: true,
  capitalBooleans: true,
  notWithoutParentheses: true,
};

/** Looks up what a path names; undefined for what is no path, or names nothing: others say so with an error. */
export function locate(path: unknown, type: ResourceType): Location | undefined {
  const parsed = typeof path === "string" ? readPath(path) : undefined;
  const outer = parsed === undefined ? undefined : resolvePath(type, parsed.path);
  if (parsed === undefined || outer === undefined) return undefined;
  const filtered = parsed.filter !== undefined;
  if (parsed.sub === undefined) return { ...outer, path: parsed, filtered };
  const sub = subOf(type, outer.attribute, parsed.sub);
  return sub === undefined ? undefined : { ...outer, sub, path: parsed, filtered };
}

function subOf(type: ResourceType, attribute: AttributeDefinition | undefined, name: string) {
  return attribute === undefined ? undefined : findSubAttribute(type, attribute, name);
}

/** Reads a path in any grammar; undefined for what is none. */
export function readPath(path: string): PatchPath | undefined {
  try {
    return parsePath(path, { leniencies: ANY_GRAMMAR });
  } catch (error) {
    if (isScimError(error)) return undefined;
    throw error;
  }
}
