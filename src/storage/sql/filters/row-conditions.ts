import { sql as raw } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import type { ResolvedPath } from "../../../schema/attributes/definition.ts";
import type { SqlEngine } from "../engine/engine.ts";
import { allOf, type Condition, FALSE } from "./condition.ts";
import { type SearchLeaf, treeCondition } from "./tree-condition.ts";
import { comparedValue, isThere, type ValueForms } from "./value-conditions.ts";

/** The sub-attributes that have columns. */
export type RowFields = Readonly<Record<string, ValueForms>>;

/** The condition of a filter on one element that is a row. Its paths name sub-attributes, or the whole element. */
export function rowCondition(engine: SqlEngine, filter: ResolvedFilter, fields: RowFields): Condition {
  return treeCondition(filter, (leaf) => leafCondition(engine, leaf, fields));
}

function leafCondition(engine: SqlEngine, leaf: SearchLeaf, fields: RowFields): Condition {
  // The parts of a row are single values without parts of their own.
  if (leaf.type === "valuePath") return FALSE;
  if (leaf.type === "present" && leaf.path.sub === undefined) return isThere(undefined);
  const forms = fieldOf(leaf.path, fields);
  if (forms === undefined) return FALSE;
  if (leaf.type === "comparison") return comparedValue(engine, leaf, forms);
  return allOf([isThere(forms.exact), raw<boolean>`${forms.exact} <> ''`]);
}

function fieldOf(path: ResolvedPath, fields: RowFields): ValueForms | undefined {
  const name = path.sub?.name;
  return name !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
}
