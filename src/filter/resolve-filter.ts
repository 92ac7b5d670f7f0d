import { filterFault } from "../path/faults.ts";
import { printAttributePath } from "../path/print.ts";
import type { AttributePath, ComparisonOperator, ComparisonValue, FilterLeaf, FilterTree } from "../path/tree.ts";
import { mapLeaves } from "../path/walk-tree.ts";
import type { AttributeDefinition, ResolvedPath, ResourceType } from "../schema/attributes/definition.ts";
import { resolvePath } from "../schema/attributes/resolve-path.ts";
import { fitLiteral, type LiteralCoercions } from "./fit-literal.ts";
import type { ResolvedFilter } from "./resolved.ts";

/** Options of `resolveFilter` and of what builds on it. */
export interface ResolveFilterOptions extends LiteralCoercions {
  /**
   * What to do with an attribute that the resource type does not have, or that is never returned: an error, or treat it
   * as an attribute that no resource has (which RFC 7644 section 3.4.2.1 requires for searches over several types).
   * @default "reject"
   */
  readonly unknown?: "reject" | "absent";
  /** Called once with each coercion that the filter needed. */
  readonly onCoerce?: (name: keyof LiteralCoercions) => void;
}

type Comparison = Extract<FilterLeaf, { type: "comparison" }>;

/** What names are looked up in: a resource type, or one element of an attribute. */
interface Scope {
  /** The name of what has the attributes, for errors. */
  readonly owner: string;
  readonly lookUp: (path: AttributePath) => ResolvedPath | undefined;
  readonly options: ResolveFilterOptions;
  readonly coerced: Set<keyof LiteralCoercions>;
}

const NEVER: ResolvedFilter = Object.freeze({ type: "never" });

/**
 * Looks a filter up in a resource type: names in canonical case, each with its definition; operators and literals checked
 * against the types of their attributes (RFC 7644 section 3.4.2.2).
 *
 * A comparison with a complex attribute means its `value`. `eq null` becomes `not … pr` and `ne null` becomes `pr`, so
 * that no comparison of the result holds null. An attribute that is never returned, such as `password`, cannot be probed:
 * it counts as unknown.
 *
 * @throws {InvalidFilterError} naming attribute and position, for an unknown attribute (unless they count as absent), an
 * operator that its type does not have, a literal of another type, or brackets behind an attribute without parts
 */
export function resolveFilter(
  tree: FilterTree,
  type: ResourceType,
  options: ResolveFilterOptions = {},
): ResolvedFilter {
  const lookUp = (path: AttributePath) => resolvePath(type, path);
  return resolveWithin(tree, { owner: type.name, lookUp, options, coerced: new Set() });
}

/**
 * Looks up the filter between the brackets of a path whose attribute has been resolved to `parent`: it applies to one
 * element. Elements that are not complex are called `value`.
 *
 * @throws {InvalidFilterError} as `resolveFilter`; also if `parent` has no elements or sub-attributes to filter by
 */
export function resolveElementFilter(
  tree: FilterTree,
  parent: ResolvedPath,
  options: ResolveFilterOptions = {},
): ResolvedFilter {
  const leaf = parent.sub ?? parent.attribute;
  if (leaf === undefined || !hasElements(leaf)) throw filterFault(0, `${leaf?.name ?? "a schema"} cannot be filtered`);
  return resolveWithin(tree, elementScope(parent, leaf, { options, coerced: new Set() }));
}

function resolveWithin(tree: FilterTree, scope: Scope): ResolvedFilter {
  const filter = resolve(tree, scope);
  if (scope.options.onCoerce !== undefined) for (const name of scope.coerced) scope.options.onCoerce(name);
  return filter;
}

function resolve(tree: FilterTree, scope: Scope): ResolvedFilter {
  return mapLeaves(tree, (leaf) => {
    if (leaf.type === "comparison") return resolveComparison(leaf, scope);
    if (leaf.type === "valuePath") return resolveValuePath(leaf.path, leaf.filter, scope);
    const path = find(leaf.path, scope);
    return path === undefined ? NEVER : { type: "present", path };
  });
}

/** The resolved path; undefined if it is unknown and counts as absent. */
function find(path: AttributePath, scope: Scope): ResolvedPath | undefined {
  const resolved = scope.lookUp(path);
  if (resolved === undefined) {
    if (scope.options.unknown === "absent") return undefined;
    throw filterFault(path.position, `${scope.owner} has no attribute ${printAttributePath(path)}`);
  }
  if (resolved.attribute?.returned !== "never" && resolved.sub?.returned !== "never") return resolved;
  if (scope.options.unknown === "absent") return undefined;
  throw filterFault(path.position, `${printAttributePath(path)} cannot be searched by`);
}

function resolveComparison(tree: Comparison, scope: Scope): ResolvedFilter {
  const { operator, value } = tree;
  const name = printAttributePath(tree.path);
  const path = find(tree.path, scope);
  if (path === undefined) return whereAbsent(operator, value);
  if (value === null) {
    const present: ResolvedFilter = { type: "present", path };
    if (operator === "ne") return present;
    if (operator === "eq") return { type: "not", term: present };
    throw filterFault(tree.path.position, `${name}: only eq and ne can compare with null`);
  }
  const completed = completeWithValue(path);
  const definition = completed.sub ?? completed.attribute;
  if (definition === undefined || definition.type === "complex") {
    throw filterFault(tree.path.position, `${name} is complex: name the sub-attribute to compare with`);
  }
  const literal = fitLiteral(definition, operator, value, scope.options);
  if ("fault" in literal) throw filterFault(tree.path.position, `${name}: ${literal.fault}`);
  if (literal.coerced !== undefined) scope.coerced.add(literal.coerced);
  return { type: "comparison", path: completed, operator, value: literal.value };
}

/** The meaning of a comparison with an attribute that no resource has: it holds for all resources, or for none. */
function whereAbsent(operator: ComparisonOperator, value: ComparisonValue): ResolvedFilter {
  const holds = value === null ? operator === "eq" : operator === "ne";
  return holds ? { type: "not", term: NEVER } : NEVER;
}

function completeWithValue(path: ResolvedPath): ResolvedPath {
  if (path.sub !== undefined || path.attribute?.type !== "complex") return path;
  const sub = path.attribute.subAttributes?.find((candidate) => candidate.name === "value");
  return sub === undefined || sub.returned === "never" ? path : { ...path, sub };
}

function resolveValuePath(path: AttributePath, filter: FilterTree, scope: Scope): ResolvedFilter {
  const parent = find(path, scope);
  if (parent === undefined) return NEVER;
  const leaf = parent.sub ?? parent.attribute;
  if (leaf === undefined || !hasElements(leaf)) {
    if (scope.options.unknown === "absent") return NEVER;
    throw filterFault(path.position, `${printAttributePath(path)} has no sub-attributes to filter by in brackets`);
  }
  return { type: "valuePath", path: parent, filter: resolve(filter, elementScope(parent, leaf, scope)) };
}

function hasElements(definition: AttributeDefinition): boolean {
  return definition.multiValued || definition.type === "complex";
}

function elementScope(
  parent: ResolvedPath,
  leaf: AttributeDefinition,
  outer: Pick<Scope, "options" | "coerced">,
): Scope {
  const lookUp = (path: AttributePath): ResolvedPath | undefined => {
    if (path.schema !== undefined || path.sub !== undefined) return undefined;
    const name = path.attribute.toLowerCase();
    if (leaf.type !== "complex") return name === "value" ? parent : undefined;
    const sub = leaf.subAttributes?.find((candidate) => candidate.name.toLowerCase() === name);
    return sub === undefined ? undefined : { ...parent, sub };
  };
  return { owner: leaf.name, lookUp, options: outer.options, coerced: outer.coerced };
}
