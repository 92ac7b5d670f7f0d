import { sql as raw } from "kysely";
import { printListCursor, readListCursor } from "../list-cursor.ts";
import { omitAttributes } from "../omit-attributes.ts";
import type { ListQuery, Page, Partition } from "../storage.ts";
import { type Condition, filterToSql } from "./filter-to-sql.ts";
import { RESOURCE_COLUMNS, rowResource } from "./resource-rows.ts";
import { rowOf, rowsOf, type SqlSession } from "./sql-session.ts";
import type { ResourceRow } from "./tables.ts";

/** `ResourceStorage.list`: one query for the page, one for the total. */
export async function listResourcesOf(sql: SqlSession, partition: Partition, query: ListQuery): Promise<Page> {
  if (query.sort !== undefined) throw new TypeError("This storage does not sort; see its capabilities");
  const condition = query.filter === undefined ? undefined : filterToSql(sql, query.filter, partition);
  if (query.filter !== undefined && condition === undefined) {
    throw new TypeError("This storage does not answer this filter; see its capabilities");
  }
  const take = Math.max(0, query.take);
  const rows = take === 0 ? [] : await pageRows(sql, partition, query, take + 1, condition);
  const resources = rows.slice(0, take).map(rowResource);
  const last = resources.at(-1);
  return {
    resources: resources.map((resource) => omitAttributes(resource, query.omit)),
    ...(rows.length > take && last !== undefined
      ? { next: query.order === "id" ? last.id : printListCursor(last) }
      : {}),
    ...(query.count ? { total: await total(sql, partition, condition) } : {}),
  };
}

async function pageRows(
  sql: SqlSession,
  { tenant, type }: Partition,
  { after, skip = 0, order }: ListQuery,
  limit: number,
  condition: Condition | undefined,
): Promise<Pick<ResourceRow, (typeof RESOURCE_COLUMNS)[number]>[]> {
  let select = sql.db
    .selectFrom(sql.names.resources)
    .select(RESOURCE_COLUMNS)
    .where("tenant", "=", tenant)
    .where("type", "=", type);
  // With a filter, a plus keeps SQLite from walking the whole partition in order rather than looking up the few matches.
  const created =
    condition === undefined ? raw.ref<string>("created") : sql.engine.unordered(raw.ref<string>("created"));
  if (condition !== undefined) select = select.where(condition);
  if (order === "id") {
    const id = condition === undefined ? raw.ref<string>("id") : sql.engine.unordered(raw.ref<string>("id"));
    if (after !== undefined) select = select.where(id, ">", after);
    return rowsOf(sql, select.orderBy(id).limit(limit).offset(Math.max(0, skip)));
  }
  if (after !== undefined) {
    const place = readListCursor(after);
    select = select.where(raw<boolean>`(${created}, id) > (${place.created}, ${place.id})`);
  }
  return rowsOf(sql, select.orderBy(created).orderBy("id").limit(limit).offset(Math.max(0, skip)));
}

async function total(sql: SqlSession, { tenant, type }: Partition, condition: Condition | undefined): Promise<number> {
  let select = sql.db
    .selectFrom(sql.names.resources)
    .select((expression) => expression.fn.countAll<number | string>().as("total"))
    .where("tenant", "=", tenant)
    .where("type", "=", type);
  if (condition !== undefined) select = select.where(condition);
  const row = await rowOf(sql, select);
  return Number(row?.total ?? 0);
}
