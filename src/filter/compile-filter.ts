import type { ComparisonOperator, ComparisonValue, FilterTree } from "../path/tree.ts";
import { foldTree } from "../path/walk-tree.ts";
import type { AttributeDefinition, ResolvedPath, ResourceType } from "../schema/attributes/definition.ts";
import { type ComparisonKey, comparisonKey } from "./comparison-key.ts";
import { foldsTo, foldsToBeginWith, foldsToEndWith } from "./folds-to.ts";
import { type Predicate, reach, reachExact, reachPresent } from "./reach.ts";
import { type ResolveFilterOptions, resolveElementFilter, resolveFilter } from "./resolve-filter.ts";
import type { ResolvedFilter, ResolvedLeaf } from "./resolved.ts";
import { compareSortKeys } from "./sort-key.ts";

/** A resource as a predicate reads it: names in canonical case, extension data under the extension's URN. */
export type FilterableResource = Readonly<Record<string, unknown>>;

type Comparison = Extract<ResolvedLeaf, { readonly type: "comparison" }>;

/** The names that lead from a candidate to the values of a path. */
type NamesOf = (path: ResolvedPath) => readonly string[];

/**
 * `resolveFilter` and `compileResolved` in one.
 *
 * @throws {InvalidFilterError} as `resolveFilter`
 */
export function compileFilter(
  tree: FilterTree,
  type: ResourceType,
  options: ResolveFilterOptions = {},
): Predicate<FilterableResource> {
  return compileResolved(resolveFilter(tree, type, options));
}

/**
 * Compiles a resolved filter to a predicate; everything that depends on the filter alone is done once, here.
 *
 * A multi-valued attribute matches if one of its values does. `ne` is the opposite of `eq`: it holds if no value is
 * equal, so also if there is no value. No other comparison holds for an absent attribute.
 */
export function compileResolved(filter: ResolvedFilter): Predicate<FilterableResource> {
  return compile(filter, namesInResource);
}

/**
 * The filter between the brackets of a path, as a predicate over one element of the attribute resolved to `parent`.
 *
 * @throws {InvalidFilterError} as `resolveElementFilter`
 */
export function compileElementFilter(
  tree: FilterTree,
  parent: ResolvedPath,
  options: ResolveFilterOptions = {},
): Predicate<unknown> {
  return compileResolvedElement(resolveElementFilter(tree, parent, options), parent);
}

/** Compiles to a predicate over one element a filter that `resolveElementFilter` resolved against the same `parent`. */
export function compileResolvedElement(filter: ResolvedFilter, parent: ResolvedPath): Predicate<unknown> {
  const matches = compile(filter, namesInElement(parent));
  return (element) => element !== undefined && element !== null && matches(element);
}

function compile(filter: ResolvedFilter, namesOf: NamesOf): Predicate<unknown> {
  return foldTree(filter, {
    leaf: (leaf) => compileLeaf(leaf, namesOf),
    not: negate,
    join: (type, terms) => (type === "and" ? every(terms) : some(terms)),
  });
}

function compileLeaf(leaf: ResolvedLeaf, namesOf: NamesOf): Predicate<unknown> {
  switch (leaf.type) {
    case "never":
      return () => false;
    case "present":
      return reachPresent(namesOf(leaf.path));
    case "valuePath":
      return reach(namesOf(leaf.path), compile(leaf.filter, namesInElement(leaf.path)));
    case "comparison":
      return leaf.operator === "ne"
        ? negate(compileComparison({ ...leaf, operator: "eq" }, namesOf))
        : compileComparison(leaf, namesOf);
  }
}

function compileComparison(filter: Comparison, namesOf: NamesOf): Predicate<unknown> {
  const { path, operator, value } = filter;
  const names = namesOf(path);
  return operator === "eq" && isExact(path, value)
    ? reachExact(names, value)
    : reach(names, testOf(path, operator, value));
}

/** Whether only the literal itself is equal to it. */
function isExact(path: ResolvedPath, literal: ComparisonValue): boolean {
  const definition = path.sub ?? path.attribute;
  return (
    definition !== undefined && definition.type !== "dateTime" && !isFolded(definition) && hasKey(definition, literal)
  );
}

function hasKey(definition: AttributeDefinition, literal: ComparisonValue): boolean {
  return comparisonKey(definition)(literal) !== undefined;
}

function every(terms: readonly Predicate<unknown>[]): Predicate<unknown> {
  const [first, second] = terms;
  if (terms.length === 2 && first !== undefined && second !== undefined) {
    return (candidate) => first(candidate) && second(candidate);
  }
  return (candidate) => {
    for (const term of terms) if (!term(candidate)) return false;
    return true;
  };
}

function some(terms: readonly Predicate<unknown>[]): Predicate<unknown> {
  const [first, second] = terms;
  if (terms.length === 2 && first !== undefined && second !== undefined) {
    return (candidate) => first(candidate) || second(candidate);
  }
  return (candidate) => {
    for (const term of terms) if (term(candidate)) return true;
    return false;
  };
}

function negate(predicate: Predicate<unknown>): Predicate<unknown> {
  return (candidate) => !predicate(candidate);
}

function namesInResource({ extension, attribute, sub }: ResolvedPath): readonly string[] {
  return [extension, attribute?.name, sub?.name].filter((name) => name !== undefined);
}

/** Inside brackets, a path contains the attribute again; it adds the sub-attribute to `parent`, or nothing. */
function namesInElement(parent: ResolvedPath): NamesOf {
  return ({ sub }) => (sub === undefined || sub === parent.sub ? [] : [sub.name]);
}

/** The test of one value. The literal's key is computed once. */
function testOf(path: ResolvedPath, operator: ComparisonOperator, literal: ComparisonValue): Predicate<unknown> {
  const definition = path.sub ?? path.attribute;
  const keyOf = definition === undefined ? () => undefined : comparisonKey(definition);
  const key = keyOf(literal);
  if (key === undefined) return () => false;
  const folded = isFolded(definition) ? FOLDED.get(operator) : undefined;
  if (folded !== undefined) return matchesFolded(String(key), folded);
  if (operator === "eq") return equals(literal, key, keyOf);
  const compare = comparisonOf(operator, key);
  return (value) => {
    const own = keyOf(value);
    return own !== undefined && compare(own);
  };
}

function isFolded(definition: AttributeDefinition | undefined): boolean {
  return (definition?.type === "string" || definition?.type === "reference") && !definition.caseExact;
}

/** The comparisons of folded texts that can be decided without folding all of a text. */
const FOLDED: ReadonlyMap<ComparisonOperator, typeof foldsTo> = new Map([
  ["eq", foldsTo],
  ["sw", foldsToBeginWith],
  ["ew", foldsToEndWith],
]);

function matchesFolded(folded: string, matches: typeof foldsTo): Predicate<unknown> {
  return (value) => typeof value === "string" && matches(value, folded);
}

function equals(
  literal: ComparisonValue,
  key: ComparisonKey,
  keyOf: (value: unknown) => ComparisonKey | undefined,
): Predicate<unknown> {
  return (value) => value === literal || keyOf(value) === key;
}

function comparisonOf(operator: ComparisonOperator, key: ComparisonKey): (own: ComparisonKey) => boolean {
  const text = String(key);
  switch (operator) {
    case "eq":
      return (own) => own === key;
    case "ne":
      return (own) => own !== key;
    case "gt":
      return (own) => compareSortKeys(own, key) > 0;
    case "ge":
      return (own) => compareSortKeys(own, key) >= 0;
    case "lt":
      return (own) => compareSortKeys(own, key) < 0;
    case "le":
      return (own) => compareSortKeys(own, key) <= 0;
    case "co":
      return (own) => typeof own === "string" && own.includes(text);
    case "sw":
      return (own) => typeof own === "string" && own.startsWith(text);
    case "ew":
      return (own) => typeof own === "string" && own.endsWith(text);
  }
}
