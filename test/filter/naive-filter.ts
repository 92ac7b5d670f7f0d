import type { AttributePath, FilterTree } from "../../src/path/tree.ts";
import type { AttributeDefinition, ResourceType } from "../../src/schema/attributes/definition.ts";
import { resolvePath } from "../../src/schema/attributes/resolve-path.ts";

type Comparison = Extract<FilterTree, { type: "comparison" }>;

/** The values a path leads to, one after the other: slow, and written apart from what it is to check. */
function valuesAt(holder: unknown, names: readonly (string | undefined)[]): unknown[] {
  let values: unknown[] = [holder];
  for (const name of names) {
    if (name === undefined) continue;
    values = values
      .flatMap((value) => (value as Record<string, unknown>)[name] ?? [])
      .filter((value) => value !== null);
  }
  return values;
}

function hasContent(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value !== "object") return value !== "";
  return Object.values(value).some(hasContent);
}

function equalForm(definition: AttributeDefinition, value: unknown): string | number {
  if (definition.type === "dateTime") return Date.parse(String(value));
  if (typeof value === "number") return value;
  const isExact = definition.caseExact || definition.type === "boolean" || definition.type === "binary";
  return isExact ? String(value) : String(value).normalize("NFKC").toLowerCase().normalize("NFC");
}

/** Texts by their characters, one after the other. */
function order(left: string | number, right: string | number): number {
  if (typeof left === "number" || typeof right === "number") return Number(left) - Number(right);
  const [xs, ys] = [left, right].map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  for (let index = 0; ; index += 1) {
    const [x, y] = [xs?.[index], ys?.[index]];
    if (x === undefined || y === undefined) return (x === undefined ? 0 : 1) - (y === undefined ? 0 : 1);
    if (x !== y) return x - y;
  }
}

function compare(tree: Comparison, definition: AttributeDefinition, value: unknown): boolean {
  const left = equalForm(definition, value);
  const right = equalForm(definition, tree.value);
  switch (tree.operator) {
    case "eq":
    case "ne":
      return left === right;
    case "gt":
      return order(left, right) > 0;
    case "ge":
      return order(left, right) >= 0;
    case "lt":
      return order(left, right) < 0;
    case "le":
      return order(left, right) <= 0;
    case "co":
      return String(left).includes(String(right));
    case "sw":
      return String(left).startsWith(String(right));
    case "ew":
      return String(left).endsWith(String(right));
  }
}

/** Decides a filter over a resource, or over one element of the attribute `within`, straight from the text of the RFC. */
export function naiveMatch(tree: FilterTree, type: ResourceType, holder: unknown, within?: AttributePath): boolean {
  switch (tree.type) {
    case "and":
      return tree.terms.every((term) => naiveMatch(term, type, holder, within));
    case "or":
      return tree.terms.some((term) => naiveMatch(term, type, holder, within));
    case "not":
      return !naiveMatch(tree.term, type, holder, within);
    default:
  }
  const full = within === undefined ? tree.path : { ...within, sub: tree.path.attribute };
  // An element that is no object is called `value` and is itself what is compared.
  const isItself = within !== undefined && (typeof holder !== "object" || holder === null);
  const path = resolvePath(type, isItself ? { ...full, sub: undefined } : full);
  if (path === undefined) throw new Error(`unknown ${full.attribute}.${full.sub}`);
  const definition = path.sub ?? path.attribute;
  const names =
    within === undefined
      ? [path.extension, path.attribute?.name, path.sub?.name]
      : [isItself ? undefined : path.sub?.name];
  if (tree.type === "valuePath") {
    return valuesAt(holder, names).some((element) => naiveMatch(tree.filter, type, element, tree.path));
  }
  if (tree.type === "present") return valuesAt(holder, names).some(hasContent);
  if (tree.value === null) return valuesAt(holder, names).some(hasContent) === (tree.operator === "ne");
  const value = definition?.subAttributes?.find((sub) => sub.name === "value");
  const compared = value ?? definition;
  if (compared === undefined) throw new Error("nothing to compare");
  const found = valuesAt(holder, [...names, value?.name]).some((each) => compare(tree, compared, each));
  return tree.operator === "ne" ? !found : found;
}
