import type { CompiledQuery } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import type { AttributeDefinition } from "../../../schema/attributes/definition.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { foldString } from "../../../values/fold.ts";
import type { ListQuery } from "../../list-query.ts";
import type { Partition } from "../../stored-resource.ts";
import { indexKey, isShortKey } from "../engine/indexed-values.ts";
import type { Lookup, LookupTemplate, LookupTemplates } from "../engine/lookup-store.ts";
import { FORM } from "../engine/search-document.ts";
import { type Comparison, formOf } from "./value-conditions.ts";

/** The most terms of a lookup, and the most statements kept: there can be any number of conjunctions. */
const MOST_TERMS = 3;
const MOST_TEMPLATES = 200;

/** Marks a placeholder; nothing else in a statement contains this character. It has no other case. */
const MARK = "\u{10fffd}";
/**
 * Placeholders for the values of a lookup while its statement is built. Their case shows in which form a value is
 * bound.
 */
const PROBE = Object.freeze({ tenant: `${MARK}tenant`, type: `${MARK}type`, take: 0x5eed_5eed });
const probeValue = (place: number): string => `${MARK}VALUE ${place}`;

/**
 * The statement for the first page of a filter that is one `eq` with a text, or an `and` of up to three, in brackets or
 * not. These are the usual filters of identity providers; undefined for any other query. Building a statement takes ten
 * times as long as running it, so `make` does it once for each attribute, with placeholders for the values. If a
 * placeholder is missing in the statement, or is only a part of a value, or `make` returns undefined, there is no
 * template, and the result is undefined too.
 */
export function lookupStatement(
  templates: LookupTemplates,
  { partition, query }: { readonly partition: Partition; readonly query: ListQuery },
  make: (partition: Partition, query: ListQuery) => CompiledQuery | undefined,
): CompiledQuery | undefined {
  const { filter } = query;
  if (filter === undefined || !isFirstPage(query)) return undefined;
  const terms = termsOf(filter);
  if (terms === undefined || terms.length === 0 || terms.length > MOST_TERMS) return undefined;
  const shape = shapeOf(templates, filter);
  const template = templates.made.has(shape)
    ? templates.made.get(shape)
    : templateOf(make(PROBE, { filter: probed(filter), take: PROBE.take }), terms.length);
  keep(templates, shape, template);
  if (template === undefined) return undefined;
  const lookup: Lookup = { ...partition, values: terms.map(({ value }) => String(value)), take: query.take };
  return { ...template.statement, parameters: template.bind.map((value) => value(lookup)) };
}

function keep({ made }: LookupTemplates, shape: string, template: LookupTemplate | undefined): void {
  if (made.has(shape)) return;
  if (made.size >= MOST_TEMPLATES) made.clear();
  made.set(shape, template);
}

function isFirstPage({ after, order, skip = 0, sort }: ListQuery): boolean {
  return after === undefined && sort === undefined && order !== "id" && skip <= 0;
}

/** The terms that must all hold, if each is an `eq` with a text that the index contains completely. */
function termsOf(filter: ResolvedFilter): Comparison[] | undefined {
  switch (filter.type) {
    case "and": {
      const terms = filter.terms.map(termsOf);
      return terms.every((each) => each !== undefined) ? terms.flat() : undefined;
    }
    case "valuePath":
      return termsOf(filter.filter);
    case "comparison":
      return isLookup(filter) ? [filter] : undefined;
    default:
      return undefined;
  }
}

function isLookup({ operator, path, value }: Comparison): boolean {
  const definition = path.sub ?? path.attribute;
  if (operator !== "eq" || definition === undefined || typeof value !== "string" || !isText(value)) return false;
  const form = formOf(definition);
  // The index has only the beginning of a longer value, so that another statement is needed.
  return (form === "exact" || form === "folded") && isShortKey(foldString(value));
}

/** A name for the filter without its texts. */
function shapeOf(templates: LookupTemplates, filter: ResolvedFilter): string {
  switch (filter.type) {
    case "and":
      return `(${filter.terms.map((term) => shapeOf(templates, term)).join(" ")})`;
    case "valuePath":
      return `${nameOf(templates, filter)}[${shapeOf(templates, filter.filter)}]`;
    case "comparison":
      return nameOf(templates, filter);
    default:
      return filter.type;
  }
}

function nameOf(
  templates: LookupTemplates,
  { path: { extension = "", attribute, sub } }: Pick<Comparison, "path">,
): string {
  return `${extension}/${numberOf(templates, attribute)}.${numberOf(templates, sub)}`;
}

function numberOf(templates: LookupTemplates, definition: AttributeDefinition | undefined): number {
  if (definition === undefined) return 0;
  const known = templates.numbers.get(definition);
  if (known !== undefined) return known;
  templates.numbers.set(definition, templates.next);
  templates.next += 1;
  return templates.next - 1;
}

/** The same filter with placeholders instead of its texts. */
function probed(filter: ResolvedFilter, places: { next: number } = { next: 0 }): ResolvedFilter {
  switch (filter.type) {
    case "and":
      return { ...filter, terms: filter.terms.map((term) => probed(term, places)) };
    case "valuePath":
      return { ...filter, filter: probed(filter.filter, places) };
    case "comparison":
      places.next += 1;
      return { ...filter, value: probeValue(places.next - 1) };
    default:
      return filter;
  }
}

/** A parameter of a statement for a value of a lookup. */
interface Placeholder {
  /** Which part: each but the number of rows must be found at least once. */
  readonly part: string;
  readonly value: (lookup: Lookup) => unknown;
}

function templateOf(statement: CompiledQuery | undefined, terms: number): LookupTemplate | undefined {
  if (statement === undefined) return undefined;
  const placeholders = placeholdersOf(terms);
  const missing = new Set([...placeholders.values()].map(({ part }) => part));
  // A lookup by a unique value needs no limit.
  missing.delete("take");
  const bind: LookupTemplate["bind"][number][] = [];
  for (const parameter of statement.parameters) {
    const placeholder = placeholders.get(parameter);
    if (placeholder === undefined && isMadeOf(parameter)) return undefined;
    if (placeholder !== undefined) missing.delete(placeholder.part);
    bind.push(placeholder?.value ?? (() => parameter));
  }
  return missing.size === 0 ? { statement, bind } : undefined;
}

/** Whether a parameter that is not a placeholder was made from one. */
function isMadeOf(parameter: unknown): boolean {
  return typeof parameter === "number" ? parameter >= PROBE.take : String(parameter).includes(MARK);
}

/** By the parameter for it. */
function placeholdersOf(terms: number): ReadonlyMap<unknown, Placeholder> {
  const known = new Map<unknown, Placeholder>([
    [PROBE.tenant, { part: "tenant", value: ({ tenant }) => tenant }],
    [PROBE.type, { part: "type", value: ({ type }) => type }],
    [PROBE.take + 1, { part: "take", value: ({ take }) => take + 1 }],
  ]);
  for (let place = 0; place < terms; place += 1) {
    const part = `value ${place}`;
    const of = (lookup: Lookup): string => lookup.values[place] ?? "";
    const probe = probeValue(place);
    const folded = foldString(probe);
    known.set(probe, { part, value: of });
    known.set(folded, { part, value: (lookup) => foldString(of(lookup)) });
    known.set(indexKey(FORM.folded, folded), {
      part,
      value: (lookup) => indexKey(FORM.folded, foldString(of(lookup))),
    });
  }
  return known;
}
