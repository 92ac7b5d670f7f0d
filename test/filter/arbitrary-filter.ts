import fc from "fast-check";
import type { AttributePath, ComparisonOperator, ComparisonValue, FilterTree } from "../../src/path/tree.ts";
import type { AttributeDefinition, AttributeType, ResourceType } from "../../src/schema/attributes/definition.ts";
import { scalarOf } from "../schema/arbitrary-type.ts";

const EQUALITY = ["eq", "ne"] as const;
const ORDER = [...EQUALITY, "gt", "ge", "lt", "le"] as const;
const TEXT = [...ORDER, "co", "sw", "ew"] as const;

const OPERATORS: Readonly<Record<Exclude<AttributeType, "complex">, readonly ComparisonOperator[]>> = {
  string: TEXT,
  reference: TEXT,
  boolean: EQUALITY,
  binary: EQUALITY,
  integer: ORDER,
  decimal: ORDER,
  dateTime: ORDER,
};

interface Placed {
  readonly path: AttributePath;
  readonly attribute: AttributeDefinition;
}

/** Filters that fit a type: every attribute that may be searched by, every operator that its type has. */
export function filtersOf(type: ResourceType): fc.Arbitrary<FilterTree> {
  const places = [
    ...type.schema.attributes.map((attribute) => placed(attribute, undefined)),
    ...type.extensions.flatMap(({ schema }) => schema.attributes.map((attribute) => placed(attribute, schema.id))),
  ].filter(({ attribute }) => attribute.returned !== "never");
  const leaves = places.flatMap(leavesOf);
  const leaf = leaves.length === 0 ? fc.constant<FilterTree>(anyway(type)) : fc.oneof(...leaves);
  return combined(leaf, 2);
}

/** For a type of which nothing may be searched by. */
function anyway(type: ResourceType): FilterTree {
  const path = { schema: type.schema.id, attribute: "externalId", sub: undefined, position: 0 };
  return { type: "present", path: { ...path, schema: undefined } };
}

function placed(attribute: AttributeDefinition, schema: string | undefined): Placed {
  return { attribute, path: { schema, attribute: attribute.name, sub: undefined, position: 0 } };
}

function combined(leaf: fc.Arbitrary<FilterTree>, depth: number): fc.Arbitrary<FilterTree> {
  if (depth === 0) return leaf;
  const inner = combined(leaf, depth - 1);
  const terms = fc.array(inner, { minLength: 2, maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom("and" as const, "or" as const), terms }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("not" as const), term: inner }) },
  );
}

function leavesOf({ path, attribute }: Placed): fc.Arbitrary<FilterTree>[] {
  const present = fc.constant<FilterTree>({ type: "present", path });
  if (attribute.subAttributes === undefined) {
    const own = [present, comparison(path, attribute)];
    return attribute.multiValued ? [...own, inBrackets(path, [comparison(named("value"), attribute)])] : own;
  }
  const subs = attribute.subAttributes.filter(({ returned }) => returned !== "never");
  const inner = subs.flatMap((sub) => [
    comparison(named(sub.name), sub),
    fc.constant<FilterTree>({ type: "present", path: named(sub.name) }),
  ]);
  const outer = subs.map((sub) => comparison({ ...path, sub: sub.name }, sub));
  return [present, ...outer, ...(inner.length === 0 ? [] : [inBrackets(path, inner)])];
}

function named(attribute: string): AttributePath {
  return { schema: undefined, attribute, sub: undefined, position: 0 };
}

function inBrackets(path: AttributePath, leaves: readonly fc.Arbitrary<FilterTree>[]): fc.Arbitrary<FilterTree> {
  return combined(fc.oneof(...leaves), 1).map((filter) => ({ type: "valuePath", path, filter }));
}

function comparison(path: AttributePath, attribute: AttributeDefinition): fc.Arbitrary<FilterTree> {
  const operators = attribute.type === "complex" ? [] : OPERATORS[attribute.type];
  return fc.tuple(fc.constantFrom(...operators), scalarOf(attribute)).map(([operator, value]) => ({
    type: "comparison",
    path,
    operator,
    value: value as ComparisonValue,
  }));
}
