import type { ComparisonOperator, ComparisonValue, FilterTree } from "../path/tree.ts";
import { foldTree } from "../path/walk-tree.ts";
import type { AttributeDefinition, ResolvedPath, ResourceType } from "../schema/attributes/definition.ts";
import { foldString } from "../values/fold.ts";
import type { Work } from "../work/work.ts";
import { type ComparisonKey, comparisonKey } from "./comparison-key.ts";
import { foldsTo, foldsToBeginWith, foldsToEndWith } from "./folds-to.ts";
import { type Charge, comparingCost, createMeter, type Fold, type Meter } from "./meter.ts";
import { type Predicate, reach, reachExact, reachPresent } from "./reach.ts";
import { type ResolveFilterOptions, resolveElementFilter, resolveFilter } from "./resolve-filter.ts";
import type { ResolvedFilter, ResolvedLeaf } from "./resolved.ts";
import { compareSortKeys } from "./sort-key.ts";

/** A resource as a predicate reads it: names in canonical case, extension data under the extension's URN. */
export type FilterableResource = Readonly<Record<string, unknown>>;

/** Options of compiling a filter. */
export interface CompileOptions {
  /** What the comparisons may cost. @default unlimited */
  readonly work?: Work;
}

type Comparison = Extract<ResolvedLeaf, { readonly type: "comparison" }>;

/** How the leaves of a filter are compiled. */
interface Compiling {
  /** The names that lead from a candidate to the values of a path. */
  readonly namesOf: (path: ResolvedPath) => readonly string[];
  readonly meter: Meter | undefined;
}

/**
 * `resolveFilter` and `compileResolved` in one.
 *
 * @throws {InvalidFilterError} as `resolveFilter`
 */
export function compileFilter(
  tree: FilterTree,
  type: ResourceType,
  options: ResolveFilterOptions & CompileOptions = {},
): Predicate<FilterableResource> {
  return compileResolved(resolveFilter(tree, type, options), options);
}

/**
 * Compiles a resolved filter to a predicate; everything that depends on the filter alone is done once, here.
 *
 * A multi-valued attribute matches if one of its values does. `ne` is the opposite of `eq`: it holds if no value is
 * equal, so also if there is no value. No other comparison holds for an absent attribute.
 *
 * With `work` the predicate charges each comparison, and throws a `TooManyError` when the budget is used up.
 */
export function compileResolved(filter: ResolvedFilter, options: CompileOptions = {}): Predicate<FilterableResource> {
  return compile(filter, { namesOf: namesInResource, meter: meterOf(options) });
}

function meterOf({ work }: CompileOptions): Meter | undefined {
  return work === undefined ? undefined : createMeter(work);
}

/**
 * The filter between the brackets of a path, as a predicate over one element of the attribute resolved to `parent`.
 *
 * @throws {InvalidFilterError} as `resolveElementFilter`
 */
export function compileElementFilter(
  tree: FilterTree,
  parent: ResolvedPath,
  options: ResolveFilterOptions & CompileOptions = {},
): Predicate<unknown> {
  return compileResolvedElement(resolveElementFilter(tree, parent, options), parent, options);
}

/**
 * Compiles to a predicate over one element a filter that `resolveElementFilter` resolved against the same `parent`.
 * `work` as in `compileResolved`.
 */
export function compileResolvedElement(
  filter: ResolvedFilter,
  parent: ResolvedPath,
  options: CompileOptions = {},
): Predicate<unknown> {
  const matches = compile(filter, { namesOf: namesInElement(parent), meter: meterOf(options) });
  return (element) => element !== undefined && element !== null && matches(element);
}

function compile(filter: ResolvedFilter, compiling: Compiling): Predicate<unknown> {
  return foldTree(filter, {
    leaf: (leaf) => compileLeaf(leaf, compiling),
    not: negate,
    join: (type, terms) => (type === "and" ? every(terms) : some(terms)),
  });
}

function compileLeaf(leaf: ResolvedLeaf, compiling: Compiling): Predicate<unknown> {
  const { namesOf, meter } = compiling;
  if (leaf.type === "never") return () => false;
  const charge = meter?.charge(leaf.path);
  switch (leaf.type) {
    case "present":
      return charged(reachPresent(namesOf(leaf.path), charge), charge);
    case "valuePath": {
      const inner = compile(leaf.filter, { namesOf: namesInElement(leaf.path), meter });
      return charged(reach(namesOf(leaf.path), inner, charge), charge);
    }
    case "comparison":
      return leaf.operator === "ne"
        ? negate(compileComparison({ ...leaf, operator: "eq" }, compiling, charge))
        : compileComparison(leaf, compiling, charge);
  }
}

/** Charges one evaluation of a leaf. */
function charged(predicate: Predicate<unknown>, charge: Charge | undefined, units = 1): Predicate<unknown> {
  if (charge === undefined) return predicate;
  return (candidate) => {
    charge(units);
    return predicate(candidate);
  };
}

function compileComparison(
  filter: Comparison,
  { namesOf, meter }: Compiling,
  charge: Charge | undefined,
): Predicate<unknown> {
  const { path, operator, value } = filter;
  const names = namesOf(path);
  if (operator === "eq" && isExact(path, value)) return charged(reachExact(names, value, charge), charge);
  const test = testOf(filter, { charge, fold: charge && meter?.fold(charge) });
  // A comparison reads no more of a value than the literal is long; `co` charges the rest, and so does folding.
  return charged(reach(names, test, charge), charge, 1 + comparingCost(String(value).length));
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
function namesInElement(parent: ResolvedPath): Compiling["namesOf"] {
  return ({ sub }) => (sub === undefined || sub === parent.sub ? [] : [sub.name]);
}

/** What the test of a value charges, and how it folds. */
interface Metered {
  readonly charge: Charge | undefined;
  readonly fold: Fold | undefined;
}

/** The test of one value. The literal's key is computed once. */
function testOf({ path, operator, value: literal }: Comparison, { charge, fold }: Metered): Predicate<unknown> {
  const definition = path.sub ?? path.attribute;
  if (definition === undefined) return () => false;
  const key = comparisonKey(definition)(literal);
  if (key === undefined) return () => false;
  const folded = isFolded(definition) ? FOLDED.get(operator) : undefined;
  if (folded !== undefined) return matchesFolded(String(key), folded, fold);
  const keyOf = comparisonKey(definition, fold);
  const compare = comparisonOf(operator, key);
  if (definition.type === "dateTime") {
    return charged(operator === "eq" ? equals(literal, key, keyOf) : tested(keyOf, compare), charge, INSTANT);
  }
  if (charge === undefined || operator !== "co") return tested(keyOf, compare);
  return tested(keyOf, (own) => {
    charge(comparingCost(String(own).length));
    return compare(own);
  });
}

/** What it costs to read an instant from a text: about 130 ns. */
const INSTANT = 2;

function tested(
  keyOf: (value: unknown) => ComparisonKey | undefined,
  compare: (own: ComparisonKey) => boolean,
): Predicate<unknown> {
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

function matchesFolded(folded: string, matches: typeof foldsTo, fold: Fold = foldString): Predicate<unknown> {
  return (value) => typeof value === "string" && matches(value, folded, fold);
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
