import { PostgresAdapter, PostgresQueryCompiler, sql } from "kysely";
import { isText } from "../../schema/scalar.ts";
import type { SqlEngine } from "../sql/sql-engine.ts";
import { isUniqueViolation, translatePostgresError } from "./postgres-errors.ts";

/** PostgreSQL as the statements of `../sql` need to know it. */
export const postgresEngine: SqlEngine = Object.freeze<SqlEngine>({
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createAdapter: () => new PostgresAdapter(),
  types: { text: 'text COLLATE "C"', real: "double precision" },
  locksRows: true,
  // What PostgreSQL cannot hold is nowhere, so leaving it out changes no answer.
  texts: (values) => sql`(select unnest(${values.filter(isText)}::text[]) as value)`,
  jsonMember: (column, member) => sql<string | null>`(${column}::json -> ${sql.lit(member)})::text`,
  tableExists: (name) => sql`select 1 where to_regclass(${name}) is not null`,
  newVersion: sql<string>`gen_random_uuid()::text`,
  unordered: (column) => sql<string>`(${column} || '')`,
  isUniqueViolation,
  translateError: translatePostgresError,
});
