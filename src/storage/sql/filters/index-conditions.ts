import { type RawBuilder, sql as raw } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import { leavesOf } from "../../../path/walk-tree.ts";
import type { ResolvedPath } from "../../../schema/attributes/definition.ts";
import { printResolvedPath } from "../../../schema/attributes/resolve-path.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { foldString } from "../../../values/fold.ts";
import { membershipAttribute } from "../../driver/membership-paths.ts";
import { namedId } from "../../driver/named-ids.ts";
import { uniqueLookup } from "../../driver/unique-lookup.ts";
import type { Partition } from "../../stored-resource.ts";
import { indexKey, isShortKey } from "../engine/indexed-values.ts";
import { FORM } from "../engine/search-document.ts";
import type { SqlStatements } from "../engine/session.ts";
import { allOf, type Condition, FALSE } from "./condition.ts";
import { prefixEnd } from "./like-bounds.ts";
import { listedIds, listName, membershipIds } from "./membership-index.ts";
import { type Comparison, formOf, literalKey } from "./value-conditions.ts";

type ValuePath = Extract<ResolvedFilter, { type: "valuePath" }>;

/** How indexes are used for a filter. */
export type IndexUse =
  | IndexCondition
  /** An attribute without an index, because of which all resources are scanned. */
  | { readonly unindexed: string };

/** A condition that an index can evaluate, and that is true for every match of the filter. */
interface IndexCondition {
  readonly condition: Condition;
  /**
   * The ids of the resources for which it holds, as a SELECT of one column: with an OR of conditions no index is used.
   */
  readonly ids: RawBuilder<unknown>;
  /** Whether it is true only for matches of the filter. */
  readonly isExact: boolean;
  /** Whether no more than one resource can match. @default false */
  readonly isSingle?: boolean;
}

/**
 * How indexes are used for a filter on the table of resources, known as `r`. They find candidates, perhaps too many:
 * the statement has the exact condition as well.
 */
export function indexUse(sql: SqlStatements, filter: ResolvedFilter, partition: Partition): IndexUse {
  switch (filter.type) {
    case "and":
      return forAll(conjuncts(filter).map((term) => indexUse(sql, term, partition)));
    case "or":
      return forAny(alternatives(sql, filter.terms, partition));
    case "never":
      return { condition: FALSE, ids: raw`select null where ${FALSE}`, isExact: true };
    case "not":
      return { unindexed: nameIn(filter.term) };
    case "present":
      return { unindexed: printResolvedPath(filter.path) };
    case "valuePath": {
      if (membershipAttribute(filter.path) !== undefined) return membership(sql, filter, partition);
      const use = indexUse(sql, filter.filter, partition);
      // A filter on one element also matches resources in which several elements match together.
      return "condition" in use ? { ...use, isExact: false, isSingle: false } : use;
    }
    case "comparison":
      if (membershipAttribute(filter.path) !== undefined) return membership(sql, filter, partition);
      return comparisonUse(sql, filter, partition) ?? { unindexed: printResolvedPath(filter.path) };
  }
}

/** The terms of an `and`, including those of an `and` within it. */
function conjuncts(filter: ResolvedFilter): readonly ResolvedFilter[] {
  return filter.type === "and" ? filter.terms.flatMap(conjuncts) : [filter];
}

/** The most terms of an `and` that are looked up in indexes: PostgreSQL would plan dozens of them for seconds. */
const MOST_LOOKUPS = 3;

/** The most selective terms come first. */
function byYield(one: IndexCondition, other: IndexCondition): number {
  const rank = ({ isSingle, isExact }: IndexCondition): number => (isSingle ? 0 : isExact ? 1 : 2);
  return rank(one) - rank(other);
}

function forAll(uses: readonly IndexUse[]): IndexUse {
  const found = uses
    .filter((use) => "condition" in use)
    .sort(byYield)
    .slice(0, MOST_LOOKUPS);
  const [first] = found;
  if (first === undefined) return uses[0] ?? { unindexed: "" };
  if (uses.length === 1) return first;
  const isExact = found.length === uses.length && found.every((use) => use.isExact);
  // The ids match one term only, so they are not exact if there are others.
  const isSingle = found.some((use) => use.isSingle);
  return { condition: allOf(found.map((use) => use.condition)), ids: first.ids, isExact, isSingle };
}

/** The terms of an `or`; those that name members, groups or ids of resources are one list. */
function alternatives(sql: SqlStatements, terms: readonly ResolvedFilter[], partition: Partition): IndexUse[] {
  const named = Map.groupBy(terms, (term) => (namedId(term) === undefined ? listName(term) : "id"));
  return [...named].flatMap(([name, group]) => {
    if (name === "id" && group.length > 1) return amongIds(sql, group, partition);
    const ids = name === undefined ? undefined : listedIds(sql, group, partition);
    return ids === undefined ? group.map((term) => indexUse(sql, term, partition)) : exactly(ids);
  });
}

/** The resources with one of several ids. PostgreSQL would plan a statement with a part for each of them for seconds. */
function amongIds(sql: SqlStatements, terms: readonly ResolvedFilter[], { tenant, type }: Partition): IndexCondition {
  const literals = terms.flatMap((term) => (term.type === "comparison" ? (literalKey(term) ?? []) : []));
  const condition = sql.engine.among(raw.ref<string>("r.id"), [...new Set(literals.filter(isText))]);
  const ids = raw`select r.id from ${raw.table(sql.names.resources)} r
    where r.tenant = ${tenant} and r.type = ${type} and ${condition}`;
  return { condition, ids, isExact: true };
}

function exactly(ids: RawBuilder<unknown>): IndexCondition {
  return { condition: raw<boolean>`r.id in (${ids})`, ids, isExact: true };
}

function forAny(uses: readonly IndexUse[]): IndexUse {
  const found = uses.filter((use) => "condition" in use);
  const missing = uses.find((use) => "unindexed" in use);
  if (missing !== undefined) return missing;
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const union = raw.join(
    found.map((use, index) => raw`select * from (${use.ids}) as ${raw.ref(`ids${index}`)}`),
    raw` union all `,
  );
  return { condition: raw<boolean>`r.id in (${union})`, ids: union, isExact: found.every((use) => use.isExact) };
}

function membership(sql: SqlStatements, filter: Comparison | ValuePath, partition: Partition): IndexUse {
  const ids = membershipIds(sql, filter, partition);
  if (ids === undefined) return { unindexed: printResolvedPath(filter.path) };
  return exactly(ids);
}

function nameIn(filter: ResolvedFilter): string {
  const first = leavesOf(filter).find((leaf) => leaf.type !== "never");
  return first === undefined ? "" : printResolvedPath(first.path);
}

function comparisonUse(sql: SqlStatements, filter: Comparison, partition: Partition): IndexCondition | undefined {
  const literal = literalKey(filter);
  if (literal === undefined || !isText(literal)) return undefined;
  const { path, operator } = filter;
  const { tenant, type } = partition;
  if (isCommon(path, "id") || isCommon(path, "meta")) {
    const column = isCommon(path, "id") ? "id" : path.sub?.name === "lastModified" ? "modified_instant" : undefined;
    const condition = column === undefined ? undefined : ranged(operator, raw.ref(`r.${column}`), { literal });
    if (condition === undefined) return undefined;
    const ids = raw`select r.id from ${raw.table(sql.names.resources)} r
      where r.tenant = ${tenant} and r.type = ${type} and ${condition}`;
    const isSingle = column === "id" && operator === "eq";
    return { condition, ids, isExact: isSingle, isSingle };
  }
  const unique = uniqueIds(sql, filter, partition);
  if (unique !== undefined) return { ...unique, condition: raw<boolean>`r.id in (${unique.ids})` };
  const ids = indexedIds(sql, filter, { partition, literal });
  const isExact = isWholeKey(filter, literal);
  return ids === undefined ? undefined : { condition: raw<boolean>`r.id in (${ids})`, ids, isExact };
}

/** Whether the index has all values of a comparison in the form in which it compares them. */
function isWholeKey({ path, operator }: Comparison, literal: string): boolean {
  const definition = path.sub ?? path.attribute;
  return operator === "eq" && definition !== undefined && formOf(definition) === "folded" && isShortKey(literal);
}

function isCommon({ extension, attribute }: ResolvedPath, name: string): boolean {
  return extension === undefined && attribute?.name === name;
}

function uniqueIds(
  sql: SqlStatements,
  filter: Comparison,
  { tenant, type }: Partition,
): Omit<IndexCondition, "condition"> | undefined {
  // The attribute is found as for an equality; other operators use a range of the same keys.
  const lookup = uniqueLookup({ ...filter, operator: "eq" });
  if (lookup === undefined) return undefined;
  const key = ranged(filter.operator, raw.ref("u.key"), { literal: lookup.key });
  if (key === undefined) return undefined;
  const ids = raw`select u.resource_id from ${raw.table(sql.names.unique_values)} u
    where u.tenant = ${tenant} and u.type = ${type} and u.attribute = ${lookup.attribute} and ${key}`;
  const isSingle = filter.operator === "eq";
  return { ids, isExact: isSingle, isSingle };
}

function indexedIds(
  sql: SqlStatements,
  filter: Comparison,
  asked: { readonly partition: Partition; readonly literal: string },
): RawBuilder<unknown> | undefined {
  const path = printResolvedPath(filter.path).toLowerCase();
  const definition = filter.path.sub ?? filter.path.attribute;
  const form = definition === undefined ? undefined : formOf(definition);
  if (form === undefined || !sql.indexed.has(path)) return undefined;
  // Equal texts are equal when folded, too, but a beginning is not always folded to a beginning.
  if (form === "exact" && filter.operator !== "eq") return undefined;
  const literal = form === "exact" ? foldString(asked.literal) : asked.literal;
  const sign = FORM[form === "exact" ? "folded" : form];
  const key = ranged(filter.operator, raw.ref("v.key"), { literal: indexKey(sign, literal), sign });
  if (key === undefined) return undefined;
  const { tenant, type } = asked.partition;
  return raw`select v.resource_id from ${raw.table(sql.names.indexed_values)} v
    where v.tenant = ${tenant} and v.type = ${type} and v.path = ${path} and ${key}`;
}

/**
 * The range of keys in which a comparison's matches lie, ends included, since keys may be shortened. `sign` is what all
 * keys of the same form begin with.
 */
function ranged(
  operator: Comparison["operator"],
  key: RawBuilder<unknown>,
  { literal, sign = "" }: { readonly literal: string; readonly sign?: string },
): Condition | undefined {
  const end = (prefix: string): Condition[] => {
    const behind = prefixEnd(prefix);
    return behind === undefined ? [] : [raw<boolean>`${key} < ${behind}`];
  };
  switch (operator) {
    case "eq":
      return raw<boolean>`${key} = ${literal}`;
    case "sw":
      return literal === sign ? undefined : allOf([raw<boolean>`${key} >= ${literal}`, ...end(literal)]);
    case "gt":
    case "ge":
      return allOf([raw<boolean>`${key} >= ${literal}`, ...end(sign)]);
    case "lt":
    case "le":
      return allOf([raw<boolean>`${key} >= ${sign}`, raw<boolean>`${key} <= ${literal}`]);
    default:
      return undefined;
  }
}
