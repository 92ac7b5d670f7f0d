import { rowOf, rowsOf, type SqlSession } from "../engine/session.ts";

/** The rows of the table `meta`: the number of the tables' `layout`, and which paths are `indexed`. */
export type MarkerName = "layout" | "indexed";

/** A marker; undefined if there is none. */
export async function readMarker(sql: SqlSession, name: MarkerName): Promise<string | undefined> {
  return (await rowOf(sql, sql.db.selectFrom(sql.names.meta).select("value").where("name", "=", name)))?.value;
}

/** Writes a marker, and replaces the earlier one. */
export async function writeMarker(sql: SqlSession, name: MarkerName, value: string): Promise<void> {
  const insert = sql.db.insertInto(sql.names.meta).values({ name, value });
  await rowsOf(
    sql,
    insert.onConflict((conflict) => conflict.column("name").doUpdateSet({ value })),
  );
}
