import { rowOf, rowsOf, type SqlSession } from "../engine/session.ts";

/** The rows of the table `meta`: the number of the tables' `layout`, and which paths are `indexed`. */
export type NoteName = "layout" | "indexed";

/** A note; undefined where there is none. */
export async function readNote(sql: SqlSession, name: NoteName): Promise<string | undefined> {
  return (await rowOf(sql, sql.db.selectFrom(sql.names.meta).select("value").where("name", "=", name)))?.value;
}

/** Writes a note in place of what was there. */
export async function writeNote(sql: SqlSession, name: NoteName, value: string): Promise<void> {
  const insert = sql.db.insertInto(sql.names.meta).values({ name, value });
  await rowsOf(
    sql,
    insert.onConflict((conflict) => conflict.column("name").doUpdateSet({ value })),
  );
}
