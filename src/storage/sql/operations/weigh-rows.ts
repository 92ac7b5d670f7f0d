import { type RawBuilder, sql as raw } from "kysely";
import type { ListQuery, Partition } from "../../storage.ts";
import { rowCount } from "../engine/row-count.ts";
import { rowsOf, type SqlSession } from "../engine/session.ts";
import type { RowCost } from "../filters/filter-cost.ts";
import { groupsRelation, membersRelation } from "../filters/membership-conditions.ts";

/** A row, and the units of work that a listing needs for it. */
export interface WeighedRow {
  readonly id: string;
  readonly created: string;
  readonly units: number;
}

/** Which rows to weigh. */
interface RowsAsked {
  readonly partition: Partition;
  readonly order: ListQuery["order"];
  readonly after: { readonly created: string; readonly id: string };
  readonly cost: RowCost;
  readonly limit: number;
}

/** Of a search document, the first bytes cost nothing more. */
const USUAL_BYTES = 4000;

/** The next rows in the order of a scan. The sizes of large values are known without reading them. */
export async function weighedRows(sql: SqlSession, asked: RowsAsked): Promise<readonly WeighedRow[]> {
  const { partition, order, after, cost, limit } = asked;
  const { tenant, type } = partition;
  const isById = order === "id";
  const behind = isById ? raw`r.id > ${after.id}` : raw`(r.created, r.id) > (${after.created}, ${after.id})`;
  const rows = await rowsOf(
    sql,
    raw<WeighedRow>`select r.id, r.created, ${unitsOf(sql, partition, cost)} as units
      from ${raw.table(sql.names.resources)} r
      where r.tenant = ${tenant} and r.type = ${type} and ${behind}
      order by ${isById ? raw`r.id` : raw`r.created, r.id`} limit ${rowCount(limit)}`,
  );
  return rows.map(({ id, created, units }) => ({ id, created, units: Number(units) }));
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
    const group = raw`${raw.lit(cost.group)} * (1 + coalesce(length(above.folded), 0) / 50)`;
    terms.push(raw`coalesce(${groupsRelation(sql, partition).over(raw`sum(${group})`)}, 0)`);
  }
  return raw<number>`(${raw.join(terms, raw` + `)})`;
}
