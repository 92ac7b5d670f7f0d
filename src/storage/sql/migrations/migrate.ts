import { CompiledQuery } from "kysely";
import { UnavailableError } from "../../../errors/request-errors.ts";
import { rowOf, type SqlSession, type SqlStatements } from "../engine/session.ts";
import { indexPaths } from "./index-paths.ts";
import { readMarker } from "./migration-markers.ts";
import { LAYOUT, migrationWords, tables } from "./migrations.ts";

/**
 * Makes the tables where there are none, and indexes the paths that the options name. Runs inside a write transaction that
 * keeps other processes from doing the same, so that of several one does the work. Where nothing is to be done it only
 * reads, so that no right to make tables is needed.
 *
 * @throws {UnavailableError} when the tables were made by another release
 */
export async function migrateTables(sql: SqlSession): Promise<void> {
  const exists = await rowOf(sql, sql.engine.tableExists(sql.names.meta));
  if (exists === undefined) {
    for (const statement of tableStatements(sql)) await sql.run(CompiledQuery.raw(statement));
  } else {
    requireLayout(Number((await readMarker(sql, "layout")) ?? 0));
  }
  await indexPaths(sql);
}

function requireLayout(found: number): void {
  if (found > LAYOUT) throw new UnavailableError("The database's tables were made by a newer release than this one");
  if (found < LAYOUT) {
    throw new UnavailableError(
      "The database's tables were made by an older version that this one cannot read: use a new database or another tablePrefix",
    );
  }
}

/** The statements that make the tables of a new database, for those who run them by hand; `migrate` then finds its work done. */
export function tableStatements(place: Pick<SqlStatements, "engine" | "place">): string[] {
  const words = migrationWords(place);
  return [...tables(words), `INSERT INTO ${words.table("meta")} (name, value) VALUES ('layout', '${LAYOUT}')`];
}
