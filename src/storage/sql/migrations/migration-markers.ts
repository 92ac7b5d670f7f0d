import { rowOf, rowsOf, type SqlSession } from "../engine/session.ts";

/** What the table `meta` says: how many `migrations` are done, in which form `search` documents are, which paths are `indexed`. */
export type NoteName = "migrations" | "search" | "indexed";

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
