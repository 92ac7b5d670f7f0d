import type { ResolvedPath } from "../schema/attributes/definition.ts";
import { compareUtf8 } from "../values/utf8-order.ts";
import { type ComparisonKey, comparisonKey } from "./comparison-key.ts";

/**
 * Creates the function that gives the sort key of a resource (RFC 7644 section 3.4.2.3): of a complex attribute the
 * sub-attribute, `value` where none is named; of several values the primary one, else the first; in the form in which
 * filters compare it. Undefined if the resource has no such value, and for a complex attribute without a `value`.
 */
export function sortKey(
  path: ResolvedPath,
): (resource: Readonly<Record<string, unknown>>) => ComparisonKey | undefined {
  const { extension, attribute, sub } = simplePath(path);
  const definition = sub ?? attribute;
  if (definition === undefined) return () => undefined;
  const keyOf = comparisonKey(definition);
  const names = [extension, attribute?.name, sub?.name].filter((name) => name !== undefined);
  return (resource) => keyOf(names.reduce<unknown>((holder, name) => chosen(memberOf(holder, name)), resource));
}

/** The path, completed with `value` if it names a complex attribute without a sub-attribute. */
export function simplePath(path: ResolvedPath): ResolvedPath {
  if (path.sub !== undefined || path.attribute?.type !== "complex") return path;
  const sub = path.attribute.subAttributes?.find((candidate) => candidate.name === "value");
  return sub === undefined ? path : { ...path, sub };
}

function memberOf(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null || Array.isArray(holder)) return undefined;
  return Object.hasOwn(holder, name) ? (holder as Record<string, unknown>)[name] : undefined;
}

/** The value that counts: of a list the primary element, else the first that is not null. */
function chosen(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const elements = value.filter((element) => element !== undefined && element !== null);
  return elements.find((element) => typeof element === "object" && element.primary === true) ?? elements[0];
}

/**
 * Compares two keys of the same attribute: texts by their code points, false before true, a missing key after all
 * others.
 */
export function compareSortKeys(left: ComparisonKey | undefined, right: ComparisonKey | undefined): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  if (typeof left === "string" && typeof right === "string") return compareUtf8(left, right);
  return Number(left) - Number(right);
}
