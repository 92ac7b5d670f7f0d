import { type RawBuilder, sql as raw } from "kysely";
import { comparisonKey } from "../../../filter/comparison-key.ts";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import type { ComparisonOperator } from "../../../path/tree.ts";
import type { AttributeDefinition } from "../../../schema/attributes/definition.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { orderKey } from "../../driver/order-key.ts";
import type { SqlEngine } from "../engine/engine.ts";
import { type Condition, FALSE, TRUE } from "./condition.ts";
import { orderBound } from "./like-bounds.ts";

/** The forms of a value in a database (see `FORM`), each as text or NULL; unused forms may be missing. */
export interface ValueForms {
  readonly exact?: RawBuilder<string | null>;
  readonly folded?: RawBuilder<string | null>;
  readonly instant?: RawBuilder<string | null>;
  readonly number?: RawBuilder<string | null>;
  readonly boolean?: RawBuilder<string | null>;
}

/** A comparison. */
export type Comparison = Extract<ResolvedFilter, { type: "comparison" }>;

const ORDER = Object.freeze({ gt: raw`>`, ge: raw`>=`, lt: raw`<`, le: raw`<=` });

/** The form in which values of a simple attribute are compared and ordered; undefined for a complex one. */
export function formOf(definition: AttributeDefinition): keyof ValueForms | undefined {
  switch (definition.type) {
    case "string":
    case "reference":
      return definition.caseExact ? "exact" : "folded";
    case "binary":
      return "exact";
    case "dateTime":
      return "instant";
    case "integer":
    case "decimal":
      return "number";
    case "boolean":
      return "boolean";
    case "complex":
      return undefined;
  }
}

/** The literal of a comparison as the text it is compared with; undefined where nothing can be equal to it. */
export function literalKey({ path, value }: Comparison): string | undefined {
  const definition = path.sub ?? path.attribute;
  const key = definition === undefined ? undefined : comparisonKey(definition)(value);
  return key === undefined ? undefined : orderKey(key);
}

/** The comparison of a value with the literal; without `ne`, which depends on all values at once. */
export function comparedValue(engine: SqlEngine, comparison: Comparison, forms: ValueForms): Condition {
  const definition = comparison.path.sub ?? comparison.path.attribute;
  const form = definition === undefined ? undefined : formOf(definition);
  const value = form === undefined ? undefined : forms[form];
  const literal = literalKey(comparison);
  return value === undefined || literal === undefined
    ? FALSE
    : comparedText(engine, comparison.operator, { value, literal });
}

/** The comparison of a text with another. */
export function comparedText(
  engine: SqlEngine,
  operator: ComparisonOperator,
  { value, literal }: { readonly value: RawBuilder<string | null>; readonly literal: string },
): Condition {
  switch (operator) {
    case "gt":
    case "ge":
    case "lt":
    case "le": {
      const bound = orderBound(operator, literal);
      if (bound.text !== undefined) return raw<boolean>`${value} ${ORDER[bound.operator]} ${bound.text}`;
      return operator === "gt" || operator === "ge" ? FALSE : raw<boolean>`${value} is not null`;
    }
    default:
      // The database cannot store this text, so no stored text is equal to it or contains it.
      if (!isText(literal)) return FALSE;
  }
  switch (operator) {
    case "co":
      return engine.textIncludes(value, literal);
    case "sw":
      return raw<boolean>`substr(${value}, 1, ${lengthOf(literal)}) = ${literal}`;
    case "ew":
      return literal === "" ? raw<boolean>`${value} is not null` : engine.textEnds(value, literal, lengthOf(literal));
    default:
      return raw<boolean>`${value} = ${literal}`;
  }
}

/** In characters, as databases count. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Joins `TRUE` and conditions on single values: whether a value is there at all. */
export function isThere(value: RawBuilder<unknown> | undefined): Condition {
  return value === undefined ? TRUE : raw<boolean>`${value} is not null`;
}
