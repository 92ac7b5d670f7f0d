import { CompiledQuery } from "kysely";
import { UnavailableError } from "../../../errors/request-errors.ts";
import { rowOf, type SqlSession, type SqlStatements } from "../engine/session.ts";
import { areIndexed, indexPaths } from "./index-paths.ts";
import { readMarker } from "./migration-markers.ts";
import { LAYOUT, migrationWords, tables } from "./migrations.ts";

/**
 * Creates missing tables, and indexes the paths of the options. It runs in a write transaction that prevents other
 * processes from doing the same, so that one of several does the work. If nothing has to be done, it only reads, so no
 * right to create tables is needed.
 *
 * @throws {UnavailableError} when the tables were made by another release
 */
export async function migrateTables(sql: SqlSession): Promise<void> {
  if (!(await haveTables(sql)))
    for (const statement of tableStatements(sql)) await sql.run(CompiledQuery.raw(statement));
  await indexPaths(sql);
}

/**
 * Whether `migrateTables` has nothing to do. It only reads.
 *
 * @throws {UnavailableError} when the tables were made by another release
 */
export async function areMigrated(sql: SqlSession): Promise<boolean> {
  return (await haveTables(sql)) && (await areIndexed(sql));
}

async function haveTables(sql: SqlSession): Promise<boolean> {
  if ((await rowOf(sql, sql.engine.tableExists(sql.names.meta))) === undefined) return false;
  requireLayout(Number((await readMarker(sql, "layout")) ?? 0));
  return true;
}

function requireLayout(found: number): void {
  if (found > LAYOUT) throw new UnavailableError("The database's tables were made by a newer release than this one");
  if (found < LAYOUT) {
    throw new UnavailableError(
      "The database's tables were made by an older version that this one cannot read: use a new database or another tablePrefix",
    );
  }
}

/** The statements that create the tables of a new database by hand; `migrate` then has nothing to do. */
export function tableStatements(place: Pick<SqlStatements, "engine" | "place">): string[] {
  const words = migrationWords(place);
  return [...tables(words), `INSERT INTO ${words.table("meta")} (name, value) VALUES ('layout', '${LAYOUT}')`];
}
