import { z } from "zod";
import { resolveOptions } from "../../options/resolve-options.ts";
import { tableStatements } from "../sql/migrate.ts";
import { sqlStatements } from "../sql/sql-session.ts";
import { sqlStorage } from "../sql/sql-storage.ts";
import { identifierOption, TABLE_PREFIX } from "../sql/table-names.ts";
import type { Storage } from "../storage.ts";
import { sqliteDatabase } from "./sqlite-database.ts";
import { sqliteEngine } from "./sqlite-engine.ts";

/** Options of `sqliteStorage`. */
export interface SqliteStorageOptions {
  /** Path of the database file, made if it is not there; its directory must be. Or `:memory:`. */
  readonly file: string;
  /** How long to wait for another process's lock before giving up with 503, in milliseconds. @default 5000 */
  readonly busyTimeoutMs?: number;
  /** What the names of all tables begin with: a-z, 0-9 and _, at most 40 characters. @default "scimkit_" */
  readonly tablePrefix?: string;
}

const OPTIONS: z.ZodType<Required<SqliteStorageOptions>> = z.strictObject({
  file: z
    .string()
    .min(1)
    .refine((file) => !file.startsWith("file:"), { error: "must be a path, not a URI" }),
  busyTimeoutMs: z.int().nonnegative().default(5000),
  tablePrefix: identifierOption.default(TABLE_PREFIX),
});

const TABLE_OPTIONS: z.ZodType<Required<Pick<SqliteStorageOptions, "tablePrefix">>> = z.strictObject({
  tablePrefix: identifierOption.default(TABLE_PREFIX),
});

/**
 * A storage in an SQLite file, by way of Node's own `node:sqlite`; several processes may use the file at once.
 *
 * The file is opened and its tables are made on first use, or by `migrate()`, which a program calls at start to learn of
 * faults early. What was promised is on disk (WAL, `synchronous = FULL`). Inside `transaction`, use only what it hands
 * over: a write through the storage itself waits for the transaction to end, and so, if awaited inside, for ever.
 *
 * @example
 * ```ts
 * import { sqliteStorage } from "scimkit/storage/sqlite";
 *
 * const storage = sqliteStorage("scim.db");
 * await storage.migrate();
 * ```
 * @throws {TypeError} for wrong options; every call {UnavailableError} where the file cannot be used
 */
export function sqliteStorage(options: string | SqliteStorageOptions): Storage {
  const given = typeof options === "string" ? { file: options } : options;
  const { file, busyTimeoutMs, tablePrefix } = resolveOptions("sqliteStorage", OPTIONS, given);
  const statements = sqlStatements(sqliteEngine, { tablePrefix });
  return sqlStorage(sqliteDatabase({ file, busyTimeoutMs, statements }));
}

/**
 * The SQL statements that make the tables of a new database, for those who run them by hand, in one transaction;
 * `migrate()` then finds its work done. An older database is brought up to date by `migrate()` alone.
 *
 * @throws {TypeError} for wrong options
 */
export function sqliteTableStatements(options: Pick<SqliteStorageOptions, "tablePrefix"> = {}): readonly string[] {
  const { tablePrefix } = resolveOptions("sqliteTableStatements", TABLE_OPTIONS, options);
  return tableStatements({ engine: sqliteEngine, place: { tablePrefix } });
}
