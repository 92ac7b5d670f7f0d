import { type CompiledQuery, sql as raw } from "kysely";
import { TooManyError } from "../../../errors/request-errors.ts";
import { printListCursor, readListCursor } from "../../driver/list-cursor.ts";
import { omitAttributes } from "../../driver/omit-attributes.ts";
import { printSortCursor, readSortCursor } from "../../driver/sort-cursor.ts";
import type { ListQuery, Page, Partition } from "../../storage.ts";
import { rowCount } from "../engine/row-count.ts";
import { rowOf, type SqlSession, type SqlStatements } from "../engine/session.ts";
import { allOf, type Condition } from "../filters/condition.ts";
import { filterToSql } from "../filters/filter-to-sql.ts";
import { indexUse } from "../filters/index-conditions.ts";
import { lookupStatement } from "../filters/lookup-templates.ts";
import { isBehind, sortColumn } from "../filters/sort-columns.ts";
import { RESOURCE_COLUMNS, type ResourceData, rowResource } from "./resource-rows.ts";

/** A resource's row and, in a sorted listing, its sort key. */
type FoundRow = ResourceData & { readonly sort_key?: string | null };

/** `ResourceStorage.list`: one query for the page, and one for the total if the page does not show it. */
export async function listResourcesOf(sql: SqlSession, partition: Partition, query: ListQuery): Promise<Page> {
  const take = Math.max(0, query.take);
  const found = take === 0 ? [] : await sql.run<FoundRow>(pageStatement(sql, partition, query));
  const rows = found.slice(0, take);
  const last = rows.at(-1);
  const hasMore = found.length > take;
  return {
    resources: rows.map((row) => omitAttributes(rowResource(row), query.omit)),
    ...(hasMore && last !== undefined ? { next: cursorOf(query, last) } : {}),
    ...(query.count ? { total: totalSeen(query, rows.length, hasMore) ?? (await total(sql, partition, query)) } : {}),
  };
}

/** The statement of a page. The statement of a lookup is compiled once for each attribute. */
function pageStatement(sql: SqlSession, partition: Partition, query: ListQuery): CompiledQuery<FoundRow> {
  const make = (where: Partition, asked: ListQuery) => pageQuery(sql, searchOf(sql, where, asked), asked);
  const known = lookupStatement(sql.lookups, { partition, query }, make);
  return (known as CompiledQuery<FoundRow> | undefined) ?? make(partition, query);
}

/** The resources that a query finds. */
interface Search {
  readonly partition: Partition;
  /** Undefined for all resources of the partition. */
  readonly condition: Condition | undefined;
  /** Whether an index finds the matches, so that the index of the order must not be scanned. */
  readonly isLookedUp: boolean;
  /** Whether there is at most one match, which needs no order. */
  readonly isSingle: boolean;
}

function searchOf(sql: SqlStatements, partition: Partition, { filter }: ListQuery): Search {
  const walk = { partition, isLookedUp: false, isSingle: false };
  if (filter === undefined) return { ...walk, condition: undefined };
  const use = indexUse(sql, filter, partition);
  if ("condition" in use) {
    const { condition, isExact, isSingle = false } = use;
    const terms = isExact ? [condition] : [condition, filterToSql(sql, filter, partition)];
    return { partition, condition: allOf(terms), isLookedUp: true, isSingle };
  }
  if (sql.unindexedFilters === "refuse") {
    throw new TooManyError(`${use.unindexed} has no index for this filter`);
  }
  return { ...walk, condition: filterToSql(sql, filter, partition) };
}

function selectFound(sql: SqlStatements, { partition, condition }: Search) {
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

function cursorOf({ order, sort }: ListQuery, last: FoundRow): string {
  if (sort !== undefined) return printSortCursor({ key: last.sort_key ?? null, id: last.id });
  return order === "id" ? last.id : printListCursor(last);
}

/** The total, if the page itself shows it. */
function totalSeen({ after, skip = 0, take }: ListQuery, seen: number, hasMore: boolean): number | undefined {
  if (hasMore || after !== undefined || take <= 0) return undefined;
  // If more were skipped than there are, the page does not show the number.
  if (seen === 0 && skip > 0) return undefined;
  return Math.max(0, skip) + seen;
}

async function total(sql: SqlSession, partition: Partition, query: ListQuery): Promise<number> {
  if (query.filter === undefined) return countOf(sql, partition);
  const search = searchOf(sql, partition, query);
  const row = await rowOf(
    sql,
    selectFound(sql, search).select((expression) => expression.fn.countAll<number | string>().as("total")),
  );
  return Number(row?.total ?? 0);
}

/** How many resources the partition has, from the table of counts. */
async function countOf(sql: SqlSession, { tenant, type }: Partition): Promise<number> {
  const select = sql.db
    .selectFrom(sql.names.counts)
    .select((expression) => expression.fn.sum<number | string | null>("resources").as("total"))
    .where("tenant", "=", tenant)
    .where("type", "=", type);
  return Number((await rowOf(sql, select))?.total ?? 0);
}
