import type { FilterTree } from "../../src/path/tree.ts";
import type { AttributeDefinition, ResourceType } from "../../src/schema/definition.ts";
import { resolvePath } from "../../src/schema/resolve-path.ts";

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
  if (typeof value !== "object") return true;
  return Object.values(value).some(hasContent);
}

function equalForm(definition: AttributeDefinition, value: unknown): string | number {
  if (definition.type === "dateTime") return Date.parse(String(value));
  if (typeof value === "number") return value;
  return definition.caseExact || definition.type === "boolean" ? String(value) : String(value).toLowerCase();
}

function compare(tree: Comparison, definition: AttributeDefinition, value: unknown): boolean {
  const left = equalForm(definition, value);
  const right = equalForm(definition, tree.value);
  switch (tree.operator) {
    case "eq":
    case "ne":
      return left === right;
    case "gt":
      return left > right;
    case "ge":
      return left >= right;
    case "lt":
      return left < right;
    case "le":
      return left <= right;
    case "co":
      return String(left).includes(String(right));
    case "sw":
      return String(left).startsWith(String(right));
    case "ew":
      return String(left).endsWith(String(right));
  }
}

/** Decides a filter over a resource, or over one element of the attribute `within`, straight from the text of the RFC. */
export function naiveMatch(tree: FilterTree, type: ResourceType, holder: unknown, within?: string): boolean {
  switch (tree.type) {
    case "and":
      return tree.terms.every((term) => naiveMatch(term, type, holder, within));
    case "or":
      return tree.terms.some((term) => naiveMatch(term, type, holder, within));
    case "not":
      return !naiveMatch(tree.term, type, holder, within);
    default:
  }
  const full = within === undefined ? tree.path : { ...tree.path, attribute: within, sub: tree.path.attribute };
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
    return valuesAt(holder, names).some((element) => naiveMatch(tree.filter, type, element, path.attribute?.name));
  }
  if (tree.type === "present") return valuesAt(holder, names).some(hasContent);
  if (tree.value === null) return valuesAt(holder, names).some(hasContent) === (tree.operator === "ne");
  const value = definition?.subAttributes?.find((sub) => sub.name === "value");
  const compared = value ?? definition;
  if (compared === undefined) throw new Error("nothing to compare");
  const found = valuesAt(holder, [...names, value?.name]).some((each) => compare(tree, compared, each));
  return tree.operator === "ne" ? !found : found;
}
