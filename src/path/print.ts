import type { AttributePath, ComparisonValue, FilterLeaf, FilterTree, PatchPath } from "./tree.ts";
import { foldTree } from "./walk-tree.ts";

/**
 * Writes a filter in its one canonical spelling: single spaces, operators in lower case, JSON values, no parentheses but
 * those that are needed. Parsing it again gives the same tree, but for positions.
 *
 * @throws {TypeError} for a number that JSON has no spelling for
 */
export function printFilter(tree: FilterTree): string {
  return foldTree(tree, {
    leaf: (leaf) => ({ text: printLeaf(leaf) }),
    not: ({ text }) => ({ text: `not (${text})` }),
    join: (type, terms) => ({ text: terms.map((term) => printTerm(term, type)).join(` ${type} `), join: type }),
  }).text;
}

/** A part of a filter, and what joins its terms, if anything does. */
interface Printed {
  readonly text: string;
  readonly join?: "and" | "or";
}

/** `and` binds closer than `or`, and terms of the same kind are kept apart as they were parsed. */
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

/** Writes the path of a PATCH operation. Parsing it again gives the same path, but for positions. */
export function printPath(path: PatchPath): string {
  const filter = path.filter === undefined ? "" : `[${printFilter(path.filter)}]`;
  const sub = path.sub === undefined ? "" : `.${path.sub}`;
  return printAttributePath(path.path) + filter + sub;
}

/** Writes an attribute path: `schema:attribute.sub`, as far as there is each. */
export function printAttributePath(path: AttributePath): string {
  const schema = path.schema === undefined ? "" : `${path.schema}:`;
  const sub = path.sub === undefined ? "" : `.${path.sub}`;
  return schema + path.attribute + sub;
}

function printValue(value: ComparisonValue): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("a filter cannot hold this number");
  return JSON.stringify(value);
}
