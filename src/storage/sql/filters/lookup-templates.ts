import type { CompiledQuery } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import type { AttributeDefinition } from "../../../schema/attributes/definition.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { foldString } from "../../../values/fold.ts";
import type { ListQuery, Partition } from "../../storage.ts";
import { indexKey, isShortKey } from "../engine/indexed-values.ts";
import type { Lookup, LookupTemplate, LookupTemplates } from "../engine/lookup-store.ts";
import { FORM } from "../engine/search-document.ts";
import { type Comparison, formOf } from "./value-conditions.ts";

/** Terms of a lookup at most, and statements kept: of conjunctions there are any number. */
const MOST_TERMS = 3;
const MOST_TEMPLATES = 200;

/** Stand for what a lookup asks while its statement is made. No character of them means anything, and their case shows the form. */
const PROBE = Object.freeze({
  tenant: "\u{10fffd}tenant",
  type: "\u{10fffd}type",
  take: 0x5eed_5eed,
});
const probeValue = (place: number): string => `\u{10fffd}VALUE ${place}`;

/**
 * The statement for the first page under a filter that is one `eq` with a text, or up to three that must all hold, in
 * brackets or not, which is what identity providers ask all the time; undefined for any other query. To make a statement
 * takes ten times as long as to run it, so `make` does so once for each attribute, with other values in place of those that
 * are asked.
 */
export function lookupStatement(
  templates: LookupTemplates,
  { partition, query }: { readonly partition: Partition; readonly query: ListQuery },
  make: (partition: Partition, query: ListQuery) => CompiledQuery,
): CompiledQuery | undefined {
  const { filter } = query;
  if (filter === undefined || !isFirstPage(query)) return undefined;
  const terms = termsOf(filter);
  if (terms === undefined || terms.length === 0 || terms.length > MOST_TERMS) return undefined;
  const shape = shapeOf(templates, filter);
  const known = templates.made.get(shape);
  const template = known ?? templateOf(make(PROBE, { filter: probed(filter), take: PROBE.take }), terms.length);
  if (known === undefined) keep(templates, shape, template);
  const lookup: Lookup = { ...partition, values: terms.map(({ value }) => String(value)), take: query.take };
  return { ...template.statement, parameters: template.bind.map((value) => value(lookup)) };
}

function keep({ made }: LookupTemplates, shape: string, template: LookupTemplate): void {
  if (made.size >= MOST_TEMPLATES) made.clear();
  made.set(shape, template);
}

function isFirstPage({ after, order, skip = 0, sort }: ListQuery): boolean {
  return after === undefined && sort === undefined && order !== "id" && skip <= 0;
}

/** The terms that must all hold, where each is an `eq` with a text that an index has whole. */
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
  // A longer value stands in the index in part, so that another statement is needed.
  return (form === "exact" || form === "folded") && isShortKey(foldString(value));
}

/** What tells filters apart, but for the texts. */
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

/** The same filter with probes in place of its texts. */
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

function templateOf(statement: CompiledQuery, terms: number): LookupTemplate {
  const known = new Map<unknown, (lookup: Lookup) => unknown>([
    [PROBE.tenant, ({ tenant }) => tenant],
    [PROBE.type, ({ type }) => type],
    [PROBE.take + 1, ({ take }) => take + 1],
  ]);
  for (let place = 0; place < terms; place += 1) {
    const of = (lookup: Lookup): string => lookup.values[place] ?? "";
    const probe = probeValue(place);
    const folded = foldString(probe);
    known.set(probe, of);
    known.set(folded, (lookup) => foldString(of(lookup)));
    known.set(indexKey(FORM.folded, folded), (lookup) => indexKey(FORM.folded, foldString(of(lookup))));
  }
  return { statement, bind: statement.parameters.map((parameter) => known.get(parameter) ?? (() => parameter)) };
}
