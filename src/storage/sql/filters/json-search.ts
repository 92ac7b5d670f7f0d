import { type RawBuilder, sql as raw } from "kysely";
import type { SqlEngine } from "../engine/engine.ts";
import { FORM } from "../engine/search-document.ts";
import { allOf, anyOf, type Condition, TRUE } from "./condition.ts";
import type { ValueForms } from "./value-conditions.ts";

/** A place in a search document: in the JSON of a column, along these names. */
export interface Place {
  readonly column: RawBuilder<unknown>;
  readonly path: readonly (string | number)[];
}

/** The state that the conditions of one statement share. */
export interface SearchContext {
  readonly engine: SqlEngine;
  /** Tables of elements named so far: each has a name of its own. */
  readonly aliases: { count: number };
}

/** Searches in search documents. */
export interface JsonSearch {
  /** Whether a value along these names, through single values and lists alike, passes the test. */
  reach(place: Place, names: readonly string[], test: (place: Place) => Condition): Condition;
  /** Whether there is a value, also an empty object. */
  isThere(place: Place): Condition;
  /** Whether the value there counts as present. */
  isPresent(place: Place): Condition;
  /** The forms of the value there. */
  forms(place: Place): ValueForms;
}

/** The search, in the SQL of the context's database. */
export function jsonSearch(context: SearchContext): JsonSearch {
  const { engine } = context;
  const reach: JsonSearch["reach"] = (place, [name, ...rest], test) => {
    if (name === undefined) return test(place);
    context.aliases.count += 1;
    const alias = `e${context.aliases.count}`;
    const element: Place = { column: raw.ref(`${alias}.value`), path: [] };
    const list = engine.jsonElements(place.column, [...place.path, FORM.list + name], alias);
    return anyOf([
      reach(within(place, name), rest, test),
      raw<boolean>`exists (select 1 from ${list} where ${reach(element, rest, test)})`,
    ]);
  };
  const isThere: JsonSearch["isThere"] = ({ column, path }) =>
    path.length === 0 ? TRUE : engine.jsonHas(column, path);
  return {
    reach,
    isThere,
    isPresent: (place) =>
      allOf([isThere(place), raw<boolean>`not ${engine.jsonHas(place.column, [...place.path, FORM.empty])}`]),
    forms: (place) => formsAt(engine, place),
  };
}

function within(place: Place, name: string): Place {
  return { column: place.column, path: [...place.path, name] };
}

/** The forms of the value at a place. */
export function formsAt(engine: SqlEngine, { column, path }: Place): ValueForms {
  const text = (form: string): RawBuilder<string | null> => engine.jsonText(column, [...path, form]);
  return {
    exact: raw<string | null>`coalesce(${text(FORM.exact)}, ${text(FORM.folded)})`,
    folded: text(FORM.folded),
    instant: text(FORM.instant),
    number: text(FORM.number),
    boolean: text(FORM.boolean),
  };
}
