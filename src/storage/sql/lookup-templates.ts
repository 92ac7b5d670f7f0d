import type { CompiledQuery } from "kysely";
import type { AttributeDefinition } from "../../schema/definition.ts";
import { foldString } from "../../schema/fold.ts";
import { isText } from "../../schema/scalar.ts";
import type { ListQuery, Partition } from "../storage.ts";
import { indexKey, isShortKey } from "./indexed-values.ts";
import { FORM } from "./search-document.ts";
import { type Comparison, formOf } from "./value-conditions.ts";

/** What a lookup asks, beside the attribute. */
interface Lookup {
  readonly tenant: string;
  readonly type: string;
  readonly value: string;
  readonly take: number;
}

/** The statement of a lookup, and what each of its bound values is made of. */
interface Template {
  readonly statement: CompiledQuery;
  readonly bind: readonly ((lookup: Lookup) => unknown)[];
}

/** Statements of lookups, by the attribute that is looked up by; there are no more of them than attributes. */
export type LookupTemplates = WeakMap<AttributeDefinition, Map<string, Template>>;

/** Stands for what a lookup asks while its statement is made. No character of it means anything, and its case shows the form. */
const PROBE: Lookup = Object.freeze({
  tenant: "\u{10fffd}tenant",
  type: "\u{10fffd}type",
  value: "\u{10fffd}VALUE",
  take: 0x5eed_5eed,
});

/**
 * The statement for the first page under a filter that is one `eq` with a text, which is what identity providers ask all
 * the time; undefined for any other query. To make a statement takes ten times as long as to run it, so `make` does so once
 * for each attribute, with other values in place of those that are asked.
 */
export function lookupStatement(
  templates: LookupTemplates,
  { partition, query }: { readonly partition: Partition; readonly query: ListQuery },
  make: (partition: Partition, query: ListQuery) => CompiledQuery,
): CompiledQuery | undefined {
  const { filter } = query;
  if (filter?.type !== "comparison" || filter.operator !== "eq" || !isFirstPage(query)) return undefined;
  const { attribute, extension, sub } = filter.path;
  if (attribute === undefined || typeof filter.value !== "string" || !isText(filter.value)) return undefined;
  const form = formOf(sub ?? attribute);
  // A longer value stands in the index in part, so that another statement is needed.
  if ((form !== "exact" && form !== "folded") || !isShortKey(foldString(filter.value))) return undefined;
  const ofAttribute = templates.get(attribute) ?? new Map<string, Template>();
  templates.set(attribute, ofAttribute);
  const name = `${extension ?? ""} ${sub?.name ?? ""}`;
  const template = ofAttribute.get(name) ?? templateOf(make(PROBE, probeQuery(filter)));
  ofAttribute.set(name, template);
  const lookup: Lookup = { ...partition, value: filter.value, take: query.take };
  return { ...template.statement, parameters: template.bind.map((value) => value(lookup)) };
}

function isFirstPage({ after, order, skip = 0, sort }: ListQuery): boolean {
  return after === undefined && sort === undefined && order !== "id" && skip <= 0;
}

function probeQuery(filter: Comparison): ListQuery {
  return { filter: { ...filter, value: PROBE.value }, take: PROBE.take };
}

function templateOf(statement: CompiledQuery): Template {
  const folded = foldString(PROBE.value);
  const bind = statement.parameters.map((parameter): ((lookup: Lookup) => unknown) => {
    switch (parameter) {
      case PROBE.tenant:
        return ({ tenant }) => tenant;
      case PROBE.type:
        return ({ type }) => type;
      case PROBE.value:
        return ({ value }) => value;
      case folded:
        return ({ value }) => foldString(value);
      case indexKey(FORM.folded, folded):
        return ({ value }) => indexKey(FORM.folded, foldString(value));
      case PROBE.take + 1:
        return ({ take }) => take + 1;
      default:
        return () => parameter;
    }
  });
  return { statement, bind };
}
