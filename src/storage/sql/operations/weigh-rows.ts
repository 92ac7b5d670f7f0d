import { type RawBuilder, sql as raw } from "kysely";
import type { ListQuery } from "../../list-query.ts";
import type { Partition } from "../../stored-resource.ts";
import { rowCount } from "../engine/row-count.ts";
import { rowOf, rowsOf, type SqlSession } from "../engine/session.ts";
import type { RowCost } from "../filters/filter-cost.ts";
import { groupsWork, membersRelation } from "../filters/membership-conditions.ts";

/** A place in the order in which a partition is read. */
export interface Place {
  readonly id: string;
  readonly created: string;
}

/** Rows that follow one another. */
export interface Piece {
  /** The last row; undefined for a piece without rows. */
  readonly to: Place | undefined;
  /** What a listing needs for all of them. */
  readonly units: number;
  /** Whether no rows follow. */
  readonly isLast: boolean;
}

/** Which rows to weigh. */
interface RowsAsked {
  readonly partition: Partition;
  readonly order: ListQuery["order"];
  readonly after: Place;
  readonly cost: RowCost;
  /** The most rows. */
  readonly limit: number;
  /** The most units, except for a single row. */
  readonly units: number;
}

/** The work of finding one group of a resource, and of comparing a byte of its name for one unit of the terms. */
const GROUP = 100;
const GROUP_BYTE = 0.02;

/** Of a search document, the first bytes cost nothing more. */
const USUAL_BYTES = 4000;

/**
 * The next rows that may be read at once, at least one if there are any. The sizes of large values are known without
 * reading them.
 */
export async function nextRows(sql: SqlSession, asked: RowsAsked): Promise<Piece> {
  const { limit, units } = asked;
  const rows = rowsBehind(sql, asked, unitsOf(sql, asked.partition, asked.cost));
  // To weigh groups takes as long as to find them, so it is done once.
  if (asked.cost.group > 0)
    return fewerRows(asked, await rowsOf(sql, raw<WeighedRow>`${rows} limit ${rowCount(limit)}`));
  const sum = await rowOf(
    sql,
    raw<{ readonly found: number; readonly units: number }>`
      select count(*) as found, coalesce(sum(units), 0) as units from (${rows} limit ${rowCount(limit)}) as piece`,
  );
  const found = Number(sum?.found ?? 0);
  if (sum === undefined || found === 0) return { to: undefined, units: 0, isLast: true };
  if (found === 1 || sum.units <= units) {
    const places = rowsBehind(sql, asked, raw`0`);
    const to = await rowOf(sql, raw<Place>`${places} limit ${rowCount(1)} offset ${rowCount(found - 1)}`);
    return { to, units: sum.units, isLast: found < limit };
  }
  return fewerRows(asked, await rowsOf(sql, raw<WeighedRow>`${rows} limit ${rowCount(limit)}`));
}

type WeighedRow = Place & { readonly units: number };

/** As many of the rows as the units allow. */
function fewerRows({ units, limit }: RowsAsked, rows: readonly WeighedRow[]): Piece {
  let sum = 0;
  let taken = 0;
  for (const row of rows) {
    if (taken > 0 && sum + row.units > units) break;
    sum += row.units;
    taken += 1;
  }
  return { to: rows[taken - 1], units: sum, isLast: taken === rows.length && taken < limit };
}

function rowsBehind(
  sql: SqlSession,
  { partition: { tenant, type }, order, after }: RowsAsked,
  units: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const isById = order === "id";
  const behind = isById ? raw`r.id > ${after.id}` : raw`(r.created, r.id) > (${after.created}, ${after.id})`;
  return raw`select r.id, r.created, ${units} as units from ${raw.table(sql.names.resources)} r
    where r.tenant = ${tenant} and r.type = ${type} and ${behind}
    order by ${isById ? raw`r.id` : raw`r.created, r.id`}`;
}

function unitsOf(sql: SqlSession, partition: Partition, cost: RowCost): RawBuilder<number> {
  const terms = [raw`${raw.lit(cost.row)}`];
  if (cost.byte > 0) {
    terms.push(raw`max(0, length(r.search) - ${raw.lit(USUAL_BYTES)}) * ${raw.lit(cost.byte)}`);
  }
  if (cost.member > 0) {
    terms.push(raw`${membersRelation(sql, partition).over(raw`count(*)`)} * ${raw.lit(cost.member)}`);
  }
  if (cost.group > 0) {
    terms.push(groupsWork(sql, partition, { group: GROUP + cost.group, byte: GROUP_BYTE * cost.group }));
  }
  return raw<number>`(${raw.join(terms, raw` + `)})`;
}
