import { type RawBuilder, SqliteAdapter, SqliteQueryCompiler, sql } from "kysely";
import type { SqlEngine } from "../sql/sql-engine.ts";
import { isUniqueViolation, translateSqliteError } from "./sqlite-errors.ts";

/** SQLite as the statements of `../sql` need to know it. */
export const sqliteEngine: SqlEngine = Object.freeze<SqlEngine>({
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteAdapter(),
  types: { text: "TEXT", real: "REAL" },
  // There is one writer at a time.
  locksRows: false,
  texts: (values) => sql`json_each(${JSON.stringify(values)})`,
  jsonMember: (column, member) => sql<string | null>`${column} -> ${sql.lit(`$.${member}`)}`,
  tableExists: (name) => sql`select 1 from sqlite_schema where type = 'table' and name = ${name}`,
  newVersion: sql<string>`lower(hex(randomblob(16)))`,
  unordered: (column: RawBuilder<string>) => sql<string>`+${column}`,
  isUniqueViolation,
  translateError: translateSqliteError,
});
