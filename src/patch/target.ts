import { InvalidPathError, NoTargetError } from "../errors/request-errors.ts";
import { compileResolvedElement } from "../filter/compile-filter.ts";
import { type EqualityTerm, equalityTerms } from "../filter/equality-terms.ts";
import type { Predicate } from "../filter/reach.ts";
import { resolveElementFilter } from "../filter/resolve-filter.ts";
import type { AttributePath, FilterTree, PatchPath } from "../path/tree.ts";
import type { AttributeDefinition, ResolvedPath, ResourceType } from "../schema/attributes/definition.ts";
import { resolvePath } from "../schema/attributes/resolve-path.ts";
import { shortened } from "../values/shortened.ts";
import type { Work } from "../work/work.ts";

/** An attribute of a resource and its schema; `extension` is a URN in canonical case, undefined for the core schema. */
export interface Place {
  readonly extension: string | undefined;
  readonly attribute: AttributeDefinition;
}

/** The filter between the brackets of a path. */
export interface ElementFilter {
  readonly matches: Predicate<unknown>;
  /** The values that an element must have to match; undefined if the filter has more than `eq` and `and`. */
  readonly terms: readonly EqualityTerm[] | undefined;
  /** The `value` that every match has, if the filter names one. */
  readonly value: string | undefined;
}

/** What the path of an operation means: an attribute, elements of it, a sub-attribute. */
export interface AttributeTarget extends Place {
  readonly type: "attribute";
  readonly filter: ElementFilter | undefined;
  readonly sub: AttributeDefinition | undefined;
}

/** What an operation works on. Without a path that is the resource. */
export type Target =
  | { readonly type: "resource" }
  | { readonly type: "extension"; readonly extension: string }
  | AttributeTarget;

/** The path of an operation: its text, for errors, and what it was parsed to. */
export interface GivenPath {
  readonly path: string;
  readonly parsed: PatchPath;
}

/**
 * Looks up the path of an operation in a resource type. Its filter charges `work`.
 *
 * @throws {InvalidPathError} when it names no attribute of the type
 * @throws {InvalidFilterError} when its filter does not fit the attribute
 * @throws {NoTargetError} when it filters an attribute that has no list of values
 */
export function resolveTarget(
  type: ResourceType,
  { path, parsed }: GivenPath,
  work: Work,
): Exclude<Target, { type: "resource" }> {
  const outer = resolvePath(type, parsed.path);
  if (outer === undefined)
    throw new InvalidPathError(`The path ${shortened(path, 120)} names no attribute of ${type.name}`, { path });
  const { extension, attribute } = outer;
  if (attribute === undefined) {
    if (extension === undefined || parsed.filter !== undefined) {
      throw new InvalidPathError("A schema has no elements to filter", { path });
    }
    return { type: "extension", extension };
  }
  if (parsed.filter === undefined) {
    return { type: "attribute", extension, attribute, filter: undefined, sub: outer.sub };
  }
  if (outer.sub !== undefined) {
    throw new InvalidPathError("A filter must follow an attribute, not a sub-attribute", { path });
  }
  if (!attribute.multiValued) {
    throw new NoTargetError(`${attribute.name} has a single value and cannot be filtered`, { path });
  }
  const sub = parsed.sub === undefined ? undefined : resolveSub(type, parsed.path, parsed.sub);
  if (parsed.sub !== undefined && sub === undefined) {
    throw new InvalidPathError(`The path names no sub-attribute of ${attribute.name}`, { path });
  }
  return { type: "attribute", extension, attribute, filter: elementFilter(parsed.filter, outer, work), sub };
}

function elementFilter(tree: FilterTree, parent: ResolvedPath, work: Work): ElementFilter {
  const resolved = resolveElementFilter(tree, parent);
  const terms = equalityTerms(resolved);
  const named = terms?.find(({ sub }) => sub === undefined || sub.name === "value");
  const compared = named?.sub ?? parent.attribute;
  // Equal instants can be different texts, and a list of texts is not a text.
  const isText = compared?.type !== "dateTime" && named?.sub?.multiValued !== true;
  const value = isText ? named?.value : undefined;
  return {
    matches: compileResolvedElement(resolved, parent, { work }),
    terms,
    value: typeof value === "string" ? value : undefined,
  };
}

function resolveSub(type: ResourceType, path: AttributePath, sub: string): AttributeDefinition | undefined {
  return resolvePath(type, { ...path, sub })?.sub;
}

/** The name of a place as errors show it. */
export function placeName(place: Place, sub?: AttributeDefinition): string {
  const name = place.extension === undefined ? place.attribute.name : `${place.extension}:${place.attribute.name}`;
  return sub === undefined ? name : `${name}.${sub.name}`;
}
