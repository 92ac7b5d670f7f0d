import type { ResolvedFilter } from "../../../filter/resolved.ts";
import type { SqlEngine } from "../engine/engine.ts";
import { allOf, anyOf, type Condition, FALSE, notOf } from "./condition.ts";
import { comparedValue, isThere, type ValueForms } from "./value-conditions.ts";

/** The sub-attributes that stand in columns of a row. */
export type RowFields = Readonly<Record<string, ValueForms>>;

/** What a filter asks of one element that is a row: its paths name sub-attributes, or the element as a whole. */
export function rowCondition(engine: SqlEngine, filter: ResolvedFilter, fields: RowFields): Condition {
  switch (filter.type) {
    case "and":
      return allOf(filter.terms.map((term) => rowCondition(engine, term, fields)));
    case "or":
      return anyOf(filter.terms.map((term) => rowCondition(engine, term, fields)));
    case "not":
      return notOf(rowCondition(engine, filter.term, fields));
    case "comparison": {
      const forms = fieldOf(filter, fields);
      if (filter.operator === "ne") return notOf(rowCondition(engine, { ...filter, operator: "eq" }, fields));
      return forms === undefined ? FALSE : comparedValue(engine, filter, forms);
    }
    case "present": {
      const forms = fieldOf(filter, fields);
      if (filter.path.sub === undefined) return isThere(undefined);
      return forms === undefined ? FALSE : isThere(forms.exact);
    }
    case "valuePath":
      // The parts of a row are single values without parts of their own.
      return FALSE;
    case "never":
      return FALSE;
  }
}

function fieldOf(
  filter: Extract<ResolvedFilter, { type: "comparison" | "present" }>,
  fields: RowFields,
): ValueForms | undefined {
  const name = filter.path.sub?.name;
  return name !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
}
