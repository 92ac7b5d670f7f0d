import type { AttributePath, ComparisonValue, FilterLeaf, FilterTree, PatchPath } from "./tree.ts";
import { foldTree } from "./walk-tree.ts";

/**
 * Prints a filter in its canonical form: single spaces, operators in lower case, JSON values, only the parentheses that
 * are needed. Parsing it again gives the same tree, except for positions.
 *
 * @throws {TypeError} for a number that JSON cannot represent
 */
export function printFilter(tree: FilterTree): string {
  return foldTree(tree, {
    leaf: (leaf) => ({ text: printLeaf(leaf) }),
    not: ({ text }) => ({ text: `not (${text})` }),
    join: (type, terms) => ({ text: terms.map((term) => printTerm(term, type)).join(` ${type} `), join: type }),
  }).text;
}

/** A printed part of a filter, and the operator that joins its terms, if any. */
interface Printed {
  readonly text: string;
  readonly join?: "and" | "or";
}

/**
 * `and` binds closer than `or`, and an `and` within an `and` keeps its parentheses, so that the tree stays the same.
 */
function printTerm({ text, join }: Printed, within: "and" | "or"): string {
  return join === "or" || (join === "and" && within === "and") ? `(${text})` : text;
}

function printLeaf(leaf: FilterLeaf): string {
  const path = printAttributePath(leaf.path);
  if (leaf.type === "present") return `${path} pr`;
  return leaf.type === "valuePath"
    ? `${path}[${printFilter(leaf.filter)}]`
    : `${path} ${leaf.operator} ${printValue(leaf.value)}`;
}

/** Prints the path of a PATCH operation. Parsing it again gives the same path, except for positions. */
export function printPath(path: PatchPath): string {
  const filter = path.filter === undefined ? "" : `[${printFilter(path.filter)}]`;
  const sub = path.sub === undefined ? "" : `.${path.sub}`;
  return printAttributePath(path.path) + filter + sub;
}

/** Prints an attribute path: `schema:attribute.sub`, with the parts that it has. */
export function printAttributePath(path: AttributePath): string {
  const schema = path.schema === undefined ? "" : `${path.schema}:`;
  const sub = path.sub === undefined ? "" : `.${path.sub}`;
  return schema + path.attribute + sub;
}

function printValue(value: ComparisonValue): string {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new TypeError("this number cannot be part of a filter");
  return JSON.stringify(value);
}
