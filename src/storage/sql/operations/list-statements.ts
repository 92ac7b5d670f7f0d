import { type CompiledQuery, sql as raw, type SelectQueryBuilder } from "kysely";
import { printListCursor, readListCursor } from "../../driver/list-cursor.ts";
import { printSortCursor, readSortCursor } from "../../driver/sort-cursor.ts";
import type { ListQuery } from "../../list-query.ts";
import type { Partition } from "../../stored-resource.ts";
import { rowCount } from "../engine/row-count.ts";
import { rowOf, type SqlSession, type SqlStatements } from "../engine/session.ts";
import type { ResourceRow, SqlTables } from "../engine/tables.ts";
import { allOf, type Condition } from "../filters/condition.ts";
import { filterToSql } from "../filters/filter-to-sql.ts";
import { type IndexUse, indexUse } from "../filters/index-conditions.ts";
import { lookupStatement } from "../filters/lookup-templates.ts";
import { isBehind, sortColumn } from "../filters/sort-columns.ts";
import { RESOURCE_COLUMNS, type ResourceData } from "./resource-rows.ts";

/** A resource's row and, in a sorted listing, its sort key. */
export type FoundRow = ResourceData & { readonly sort_key?: string | null };

/** A query of a partition. */
export interface Asked {
  readonly partition: Partition;
  readonly query: ListQuery;
  /** How indexes are used for its filter, if that is known. */
  readonly use?: IndexUse | undefined;
}

/** The statement of a page. */
export function pageStatement(sql: SqlStatements, asked: Asked): CompiledQuery<FoundRow> {
  return pageQuery(sql, searchOf(sql, asked), asked.query);
}

/** The statement of a lookup, if the query is one. It is compiled once for each attribute. */
export function lookupOf(
  sql: SqlStatements,
  partition: Partition,
  query: ListQuery,
): CompiledQuery<FoundRow> | undefined {
  const make = (where: Partition, asked: ListQuery) => {
    const search = searchOf(sql, { partition: where, query: asked });
    return search.isLookedUp ? pageQuery(sql, search, asked) : undefined;
  };
  return lookupStatement(sql.lookups, { partition, query }, make) as CompiledQuery<FoundRow> | undefined;
}

/** The resources that a query finds. */
export interface Search {
  readonly partition: Partition;
  /** Undefined for all resources of the partition. */
  readonly condition: Condition | undefined;
  /** Whether an index finds the matches, so that the index of the order must not be scanned. */
  readonly isLookedUp: boolean;
  /** Whether there is at most one match, which needs no order. */
  readonly isSingle: boolean;
}

/** What a query finds, and how. */
function searchOf(sql: SqlStatements, asked: Asked): Search {
  const { partition, query } = asked;
  const { filter } = query;
  const walk = { partition, isLookedUp: false, isSingle: false };
  if (filter === undefined) return { ...walk, condition: undefined };
  const use = asked.use ?? indexUse(sql, filter, partition);
  if ("condition" in use) {
    const { condition, isExact, isSingle = false } = use;
    const terms = isExact ? [condition] : [condition, filterToSql(sql, filter, partition)];
    return { partition, condition: allOf(terms), isLookedUp: true, isSingle };
  }
  return { ...walk, condition: filterToSql(sql, filter, partition) };
}

/** A query of the rows `r` of the table of resources, to which columns are added. */
export type FoundRows = SelectQueryBuilder<SqlTables & { r: ResourceRow }, "r", object>;

/** The rows `r` that a search finds. */
export function selectFound(sql: SqlStatements, { partition, condition }: Search): FoundRows {
  const select = sql.db
    .selectFrom(`${sql.names.resources} as r`)
    .where("r.tenant", "=", partition.tenant)
    .where("r.type", "=", partition.type);
  return condition === undefined ? select : select.where(condition);
}

/** One row more than requested, to know whether there is a next page. */
function pageQuery(sql: SqlStatements, search: Search, query: ListQuery): CompiledQuery<FoundRow> {
  const { after, order, sort, skip = 0 } = query;
  const found = selectFound(sql, search).select(RESOURCE_COLUMNS.map((column) => `r.${column}` as const));
  if (search.isSingle && after === undefined && sort === undefined && skip <= 0) return found.compile();
  const page = found.limit(rowCount(query.take + 1));
  const limited = skip > 0 ? page.offset(rowCount(skip)) : page;
  if (sort !== undefined) {
    const key = sortColumn(sql.engine, sort.path);
    const isDescending = sort.order === "descending";
    const sorted = limited
      .select(key.as("sort_key"))
      .orderBy(raw`(case when ${key} is null then 1 else 0 end)`, sort.order === "descending" ? "desc" : "asc")
      .orderBy(key, isDescending ? "desc" : "asc")
      .orderBy("r.id");
    return (after === undefined ? sorted : sorted.where(isBehind(key, sort.order, readSortCursor(after)))).compile();
  }
  // Otherwise SQLite scans the whole partition in order instead of looking up the few matches.
  const column = raw.ref<string>(order === "id" ? "r.id" : "r.created");
  const ordered = search.isLookedUp ? sql.engine.unordered(column) : column;
  if (order === "id") {
    const byId = limited.orderBy(ordered);
    return (after === undefined ? byId : byId.where(ordered, ">", after)).compile();
  }
  const byDate = limited.orderBy(ordered).orderBy("r.id");
  if (after === undefined) return byDate.compile();
  const place = readListCursor(after);
  return byDate.where(raw<boolean>`(${ordered}, r.id) > (${place.created}, ${place.id})`).compile();
}

/** The cursor behind a row. */
export function cursorOf({ order, sort }: ListQuery, last: Pick<FoundRow, "id" | "created" | "sort_key">): string {
  if (sort !== undefined) return printSortCursor({ key: last.sort_key ?? null, id: last.id });
  return order === "id" ? last.id : printListCursor(last);
}

/** The total, if the page itself shows it. */
export function totalSeen({ after, skip = 0, take }: ListQuery, seen: number, hasMore: boolean): number | undefined {
  if (hasMore || after !== undefined || take <= 0) return undefined;
  // If more were skipped than there are, the page does not show the number.
  if (seen === 0 && skip > 0) return undefined;
  return Math.max(0, skip) + seen;
}

/** How many resources a query finds. */
export async function total(sql: SqlSession, asked: Asked): Promise<number> {
  if (asked.query.filter === undefined) return countOf(sql, asked.partition);
  const search = searchOf(sql, asked);
  const row = await rowOf(
    sql,
    selectFound(sql, search).select((expression) => expression.fn.countAll<number | string>().as("total")),
  );
  return Number(row?.total ?? 0);
}

/** How many resources the partition has, from the table of counts. */
export async function countOf(sql: SqlSession, { tenant, type }: Partition): Promise<number> {
  const select = sql.db
    .selectFrom(sql.names.counts)
    .select((expression) => expression.fn.sum<number | string | null>("resources").as("total"))
    .where("tenant", "=", tenant)
    .where("type", "=", type);
  return Number((await rowOf(sql, select))?.total ?? 0);
}
