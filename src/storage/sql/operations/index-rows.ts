import { sql as raw } from "kysely";
import { createWork } from "../../../work/work.ts";
import type { Partition } from "../../stored-resource.ts";
import type { TextPair } from "../engine/engine.ts";
import { fixedRows } from "../engine/fixed-statement.ts";
import type { IndexedValue } from "../engine/indexed-values.ts";
import type { SqlSession } from "../engine/session.ts";
import { inChunks } from "./in-chunks.ts";

/** The values that are not among the others. */
export function without(values: readonly IndexedValue[], others: readonly IndexedValue[]): IndexedValue[] {
  const known = new Set(others.map(({ path, key }) => JSON.stringify([path, key])));
  return values.filter(({ path, key }) => !known.has(JSON.stringify([path, key])));
}

/** Adds values to the index. */
export async function addIndexed(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  values: readonly IndexedValue[],
): Promise<void> {
  const pace = createWork();
  for (const pairs of inChunks(values.map(pairOf))) {
    await pace.pause();
    await fixedRows(sql, {
      name: "indexed.insert",
      values: [tenant, type, id, ...sql.engine.pairValues(pairs)],
      make: () => raw`insert into ${raw.table(sql.names.indexed_values)} (tenant, type, resource_id, path, key)
        select ${tenant}, ${type}, ${id}, p.first, p.second from ${sql.engine.pairs(pairs)} p
        where true on conflict do nothing`,
    });
  }
}

/** Deletes by the whole keys: an index by resource would cost more at each insertion than it saves here. */
export async function dropIndexed(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  values: readonly IndexedValue[],
): Promise<void> {
  const table = raw.table(sql.names.indexed_values);
  const pace = createWork();
  for (const pairs of inChunks(values.map(pairOf))) {
    await pace.pause();
    const whole = raw<boolean>`m.tenant = ${tenant} and m.type = ${type} and m.path = p.first and m.key = p.second
      and m.resource_id = ${id}`;
    await fixedRows(sql, {
      name: "indexed.delete",
      values: [...sql.engine.pairValues(pairs), tenant, type, id],
      make: () =>
        raw`delete from ${table} where ${sql.engine.isAmongRows(
          raw`${sql.engine.pairs(pairs)} p cross join ${sql.engine.lookups(table, whole)}`,
        )}`,
    });
  }
}

function pairOf({ path, key }: IndexedValue): TextPair {
  return [path, key];
}
