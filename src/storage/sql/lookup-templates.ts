import type { CompiledQuery } from "kysely";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import type { AttributeDefinition } from "../../schema/definition.ts";
import { foldString } from "../../schema/fold.ts";
import { isText } from "../../schema/scalar.ts";
import { membershipAttribute } from "../membership-paths.ts";
import type { ListQuery, Partition } from "../storage.ts";
import { indexKey, isShortKey } from "./indexed-values.ts";
import { FORM } from "./search-document.ts";
import { type Comparison, formOf } from "./value-conditions.ts";

/** What a lookup asks, beside the attributes. */
interface Lookup {
  readonly tenant: string;
  readonly type: string;
  /** The texts of its terms, in their order. */
  readonly values: readonly string[];
  readonly take: number;
}

/** The statement of a lookup, and what each of its bound values is made of. */
interface Template {
  readonly statement: CompiledQuery;
  readonly bind: readonly ((lookup: Lookup) => unknown)[];
}

/** Statements of lookups, by the first attribute that is looked up by, and then by what else makes them different. */
export type LookupTemplates = WeakMap<AttributeDefinition, Map<string, Template>>;

/** Terms of a lookup at most, and statements kept for one attribute: of conjunctions there are any number. */
const MOST_TERMS = 3;
const MOST_TEMPLATES = 50;

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
  const attribute = terms?.[0]?.path.attribute;
  if (terms === undefined || attribute === undefined || terms.length > MOST_TERMS) return undefined;
  const shape = shapeOf(filter);
  const known = templates.get(attribute)?.get(shape);
  const template = known ?? templateOf(make(PROBE, { filter: probed(filter), take: PROBE.take }), terms.length);
  if (known === undefined) keep(templates, attribute, { shape, template });
  const lookup: Lookup = { ...partition, values: terms.map(({ value }) => String(value)), take: query.take };
  return { ...template.statement, parameters: template.bind.map((value) => value(lookup)) };
}

function keep(
  templates: LookupTemplates,
  attribute: AttributeDefinition,
  { shape, template }: { readonly shape: string; readonly template: Template },
): void {
  const ofAttribute = templates.get(attribute) ?? new Map<string, Template>();
  if (ofAttribute.size >= MOST_TEMPLATES) ofAttribute.clear();
  templates.set(attribute, ofAttribute.set(shape, template));
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

/** What tells filters of one first attribute apart, but for the texts. Of one name there can be two definitions. */
function shapeOf(filter: ResolvedFilter): string {
  switch (filter.type) {
    case "and":
      return `(${filter.terms.map(shapeOf).join(" ")})`;
    case "valuePath":
      return `${nameOf(filter)}[${shapeOf(filter.filter)}]`;
    case "comparison":
      return nameOf(filter);
    default:
      return filter.type;
  }
}

function nameOf({ path }: Pick<Comparison, "path">): string {
  const { extension, attribute, sub } = path;
  const kind = [attribute, sub].map((each) =>
    each === undefined ? "" : `${each.name} ${each.type} ${each.caseExact} ${each.multiValued} ${each.uniqueness}`,
  );
  return JSON.stringify([extension ?? "", membershipAttribute(path) ?? "", ...kind]);
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

function templateOf(statement: CompiledQuery, terms: number): Template {
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
