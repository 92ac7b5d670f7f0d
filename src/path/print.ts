import type { AttributePath, ComparisonValue, FilterTree, PatchPath } from "./tree.ts";

/**
 * Writes a filter in its one canonical spelling: single spaces, operators in lower case, JSON values, no parentheses but
 * those that are needed. Parsing it again gives the same tree, but for positions.
 *
 * @throws {TypeError} for a number that JSON has no spelling for
 */
export function printFilter(tree: FilterTree): string {
  switch (tree.type) {
    case "and":
      return tree.terms.map((term) => printTerm(term, term.type === "and" || term.type === "or")).join(" and ");
    case "or":
      return tree.terms.map((term) => printTerm(term, term.type === "or")).join(" or ");
    case "not":
      return `not ${printTerm(tree.term, true)}`;
    case "comparison":
      return `${printAttributePath(tree.path)} ${tree.operator} ${printValue(tree.value)}`;
    case "present":
      return `${printAttributePath(tree.path)} pr`;
    case "valuePath":
      return `${printAttributePath(tree.path)}[${printFilter(tree.filter)}]`;
  }
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

function printTerm(term: FilterTree, grouped: boolean): string {
  return grouped ? `(${printFilter(term)})` : printFilter(term);
}

function printValue(value: ComparisonValue): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("a filter cannot hold this number");
  return JSON.stringify(value);
}
