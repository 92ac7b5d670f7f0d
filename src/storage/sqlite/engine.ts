import { type RawBuilder, SqliteAdapter, SqliteQueryCompiler, sql } from "kysely";
import type { CountingWords, SqlEngine } from "../sql/engine/engine.ts";
import { isUniqueViolation, translateSqliteError } from "./errors.ts";

/** What the statements of `../sql` need to know of SQLite. */
export const sqliteEngine: SqlEngine = Object.freeze<SqlEngine>({
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteAdapter(),
  types: { text: "TEXT", real: "REAL", json: "BLOB" },
  counting: sqliteCounting,
  failureEndsTransaction: false,
  // There is one writer at a time.
  locksRows: false,
  scansInPieces: true,
  isStopped: () => false,
  list,
  among: (column, values) => sql<boolean>`${column} in (select asked.value from json_each(${list(values)}) asked)`,
  texts: (values) => sql`json_each(${list(values)})`,
  pairs: (values) => {
    const part = (place: number): RawBuilder<string> => sql<string>`json_extract(value, ${sql.lit(`$[${place}]`)})`;
    return sql`(select ${part(0)} as first, ${part(1)} as second from json_each(${JSON.stringify(values)}))`;
  },
  pairValues: (values) => [JSON.stringify(values)],
  lookups: (table, condition) => sql`${table} m where ${condition}`,
  isAmongRows: (from) => sql<boolean>`rowid in (select m.rowid from ${from})`,
  json: (text) => sql<string>`jsonb(${text})`,
  jsonText: (json, path) => sql<string | null>`json_extract(${json}, ${jsonPath(path)})`,
  jsonHas: (json, path) => sql<boolean>`(json_type(${json}, ${jsonPath(path)}) is not null)`,
  jsonElements: (json, path, alias) => sql`json_each(${json}, ${jsonPath(path)}) as ${sql.ref(alias)}`,
  binary: (text) => sql<string>`(${text})`,
  textIncludes: (text, part) => sql<boolean>`instr(${text}, ${part}) > 0`,
  textEnds: (text, end, length) => sql<boolean>`substr(${text}, ${-length}) = ${end}`,
  tableExists: (name) => sql`select 1 from sqlite_schema where type = 'table' and name = ${name}`,
  newVersion: sql<string>`lower(hex(randomblob(16)))`,
  unordered: (column: RawBuilder<string>) => sql<string>`+${column}`,
  isUniqueViolation,
  translateError: translateSqliteError,
});

/** One row for each partition, since there is one writer at a time. */
function sqliteCounting({ resources, counts, name }: CountingWords): string[] {
  const trigger = (event: "INSERT" | "DELETE", row: "NEW" | "OLD", change: string, more = "") =>
    `CREATE TRIGGER ${name(`count_${event.toLowerCase()}`)} AFTER ${event} ON ${resources} BEGIN
      UPDATE ${counts} SET resources = resources ${change} WHERE tenant = ${row}.tenant AND type = ${row}.type;
      ${more}
    END`;
  const first = `INSERT INTO ${counts} (tenant, type, resources) SELECT NEW.tenant, NEW.type, 1 WHERE changes() = 0;`;
  return [trigger("INSERT", "NEW", "+ 1", first), trigger("DELETE", "OLD", "- 1")];
}

function list(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** Written into the statement, as in PostgreSQL. Names are quoted: a URN has dots and colons. */
function jsonPath(path: readonly (string | number)[]): RawBuilder<string> {
  return sql.lit(`$${path.map((step) => (typeof step === "number" ? `[${step}]` : `."${step}"`)).join("")}`);
}
