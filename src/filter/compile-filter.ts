import type { ComparisonOperator, ComparisonValue, FilterTree } from "../path/tree.ts";
import type { AttributeDefinition, ResolvedPath, ResourceType } from "../schema/definition.ts";
import { type ComparisonKey, comparisonKey } from "./comparison-key.ts";
import { foldsTo } from "./folds-to.ts";
import { isPresent } from "./presence.ts";
import { type ResolveFilterOptions, resolveElementFilter, resolveFilter } from "./resolve-filter.ts";
import type { ResolvedFilter } from "./resolved.ts";
import { compareSortKeys } from "./sort-key.ts";

/** Tells whether something satisfies a filter. */
export type Predicate<T> = (candidate: T) => boolean;

/** A resource as a predicate reads it: names in canonical case, extension data under the extension's URN. */
export type FilterableResource = Readonly<Record<string, unknown>>;

/** Makes a predicate that looks the path up in what it is given and tests the values found there; true if one passes. */
type Reach = (path: ResolvedPath, test: Predicate<unknown>) => Predicate<unknown>;

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
 * Makes a predicate of a resolved filter; all that depends on the filter alone is done once, here.
 *
 * A multi-valued attribute matches if one of its values does. `ne` is the opposite of `eq`: it holds if no value is equal,
 * so also where there is none. No other comparison holds for an absent attribute.
 */
export function compileResolved(filter: ResolvedFilter): Predicate<FilterableResource> {
  return compile(filter, reachInResource);
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

/** Makes a predicate over one element of a filter that `resolveElementFilter` resolved against the same `parent`. */
export function compileResolvedElement(filter: ResolvedFilter, parent: ResolvedPath): Predicate<unknown> {
  const matches = compile(filter, reachInElement(parent));
  return (element) => element !== undefined && element !== null && matches(element);
}

function compile(filter: ResolvedFilter, reach: Reach): Predicate<unknown> {
  switch (filter.type) {
    case "and":
      return every(filter.terms.map((term) => compile(term, reach)));
    case "or":
      return some(filter.terms.map((term) => compile(term, reach)));
    case "not":
      return negate(compile(filter.term, reach));
    case "never":
      return () => false;
    case "present":
      return reach(filter.path, isPresent);
    case "valuePath":
      return reach(filter.path, compile(filter.filter, reachInElement(filter.path)));
    case "comparison":
      return filter.operator === "ne"
        ? negate(reach(filter.path, testOf(filter.path, "eq", filter.value)))
        : reach(filter.path, testOf(filter.path, filter.operator, filter.value));
  }
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

function reachInResource(path: ResolvedPath, test: Predicate<unknown>): Predicate<unknown> {
  const names = [path.extension, path.attribute?.name, path.sub?.name].filter((name) => name !== undefined);
  return names.reduceRight((inner, name) => member(name, inner), test);
}

/** Inside brackets a path begins with the attribute again; what it adds to `parent` is the sub-attribute, or nothing. */
function reachInElement(parent: ResolvedPath): Reach {
  return (path, test) => (path.sub === undefined || path.sub === parent.sub ? test : member(path.sub.name, test));
}

/**
 * Tests the member `name` of an object: each of its values that is not null, one of which must pass. Definitions have no
 * names of `Object.prototype`, so nothing inherited is ever read.
 */
function member(name: string, test: Predicate<unknown>): Predicate<unknown> {
  return (holder) => {
    if (typeof holder !== "object" || holder === null) return false;
    const value = (holder as Record<string, unknown>)[name];
    if (value === undefined || value === null) return false;
    if (typeof value !== "object" || !Array.isArray(value)) return test(value);
    for (let index = 0; index < value.length; index += 1) {
      const element: unknown = value[index];
      if (element !== undefined && element !== null && test(element)) return true;
    }
    return false;
  };
}

/** The test of one value. The literal is brought into the form it is compared in once. */
function testOf(path: ResolvedPath, operator: ComparisonOperator, literal: ComparisonValue): Predicate<unknown> {
  const definition = path.sub ?? path.attribute;
  const keyOf = definition === undefined ? () => undefined : comparisonKey(definition);
  const key = keyOf(literal);
  if (key === undefined) return () => false;
  if (operator === "eq") return isFolded(definition) ? equalsFolded(String(key)) : equals(literal, key, keyOf);
  const compare = comparisonOf(operator, key);
  return (value) => {
    const own = keyOf(value);
    return own !== undefined && compare(own);
  };
}

function isFolded(definition: AttributeDefinition | undefined): boolean {
  return (definition?.type === "string" || definition?.type === "reference") && !definition.caseExact;
}

function equalsFolded(folded: string): Predicate<unknown> {
  return (value) => typeof value === "string" && foldsTo(value, folded);
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
