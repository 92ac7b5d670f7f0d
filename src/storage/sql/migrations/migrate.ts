import { CompiledQuery } from "kysely";
import { UnavailableError } from "../../../errors/request-errors.ts";
import { rowOf, type SqlSession, type SqlStatements } from "../engine/session.ts";
import { fillIn } from "./backfill.ts";
import { readNote, writeNote } from "./migration-markers.ts";
import { metaTable, migrationSteps, migrationWords } from "./migrations.ts";

/**
 * Brings the tables up to date, and what is indexed. Runs inside a write transaction that keeps other processes from
 * doing the same, so that of several one does the work. Where nothing is to be done it only reads, so that no right to
 * make tables is needed.
 *
 * @throws {UnavailableError} when the tables were made by a newer release
 */
export async function migrateTables(sql: SqlSession): Promise<void> {
  const words = migrationWords(sql);
  const steps = migrationSteps(words);
  const exists = await rowOf(sql, sql.engine.tableExists(sql.names.meta));
  if (exists === undefined) await sql.run(CompiledQuery.raw(metaTable(words)));
  const done = Number((await readNote(sql, "migrations")) ?? 0);
  if (done > steps.length) {
    throw new UnavailableError("The database's tables were made by a newer release than this one");
  }
  for (const statement of steps.slice(done).flat()) await sql.run(CompiledQuery.raw(statement));
  await fillIn(sql);
  if (done < steps.length) await writeNote(sql, "migrations", String(steps.length));
}

/** The statements that make the tables of a new database, for those who run them by hand; `migrate` then finds its work done. */
export function tableStatements(place: Pick<SqlStatements, "engine" | "place">): string[] {
  const words = migrationWords(place);
  const steps = migrationSteps(words);
  const note = `INSERT INTO ${words.table("meta")} (name, value) VALUES ('migrations', '${steps.length}')`;
  return [metaTable(words), ...steps.flat(), note];
}
