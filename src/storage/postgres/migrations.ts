import { UnavailableError } from "../../errors/request-errors.ts";
import { type SqlStatements, sqlSession } from "../sql/engine/session.ts";
import type { TablePlace } from "../sql/engine/table-names.ts";
import { migrateTables, tableStatements } from "../sql/migrations/migrate.ts";
import type { Connection } from "./connection.ts";
import { postgresEngine } from "./engine.ts";
import { ConnectionFault } from "./errors.ts";

/** The lock while tables are created: a number that nobody else is likely to use. Advisory locks are per database. */
const MIGRATION_LOCK = "4820617325";
const OLDEST_VERSION = 130_000;

/**
 * Creates the schema and the tables, one process at a time.
 *
 * @throws {UnavailableError} for a database that the storage cannot work with
 */
export async function migratePostgres(connection: Connection, statements: SqlStatements): Promise<void> {
  await checkDatabase(connection);
  await connection.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  try {
    await connection.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await makeSchema(connection, statements.place);
    await migrateTables(sqlSession(statements, connection.run));
    await connection.commit();
  } catch (error) {
    await connection.rollback();
    // The connection was lost during COMMIT: another attempt sees what exists.
    throw error instanceof ConnectionFault ? new ConnectionFault("working", error.cause) : error;
  }
}

/** The statements for an operator who runs them by hand. */
export function postgresTableStatementsAt(place: TablePlace): string[] {
  const schema = place.schema === undefined ? [] : [createSchema(place.schema)];
  return [...schema, ...tableStatements({ engine: postgresEngine, place })];
}

async function checkDatabase(connection: Connection): Promise<void> {
  const [row] = await connection.query(
    "SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int4 AS version",
  );
  const { encoding, version } = row as { readonly encoding: string; readonly version: number };
  if (encoding !== "UTF8") throw new UnavailableError("The database's encoding must be UTF8");
  if (version < OLDEST_VERSION) throw new UnavailableError("The database must be PostgreSQL 13 or later");
}

/** Looks first: CREATE SCHEMA IF NOT EXISTS needs the right to create schemas even where the schema exists. */
async function makeSchema(connection: Connection, { schema }: TablePlace): Promise<void> {
  if (schema === undefined) return;
  const found = await connection.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]);
  if (found.length === 0) await connection.query(createSchema(schema));
}

function createSchema(schema: string): string {
  return `CREATE SCHEMA IF NOT EXISTS "${schema}"`;
}
