import type { DatabaseSync } from "node:sqlite";
import * as z from "zod/mini";
import { resolveOptions, wholeNumberOption } from "../../options/resolve-options.ts";
import type { PathOf } from "../../protocol/paths.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { InputOf } from "../../schema/attributes/typed.ts";
import type { StandardResourceType } from "../../schema/definitions/standard-types.ts";
import { checkedPaths } from "../sql/engine/checked-paths.ts";
import {
  identifierOption,
  indexedOption,
  indexedTypesOption,
  maxWaitingOption,
  statementTimeoutOption,
  TABLE_PREFIX,
  unindexedFiltersOption,
} from "../sql/engine/options.ts";
import { sqlStatements } from "../sql/engine/session.ts";
import { createStorageWithin, type SqlStorage } from "../sql/join-transaction.ts";
import { tableStatements } from "../sql/migrations/migrate.ts";
import { sqlStorage } from "../sql/sql-storage.ts";
import { sqliteDatabase } from "./database.ts";
import { sqliteEngine } from "./engine.ts";
import { type SqliteConnection, sqliteSession } from "./within.ts";

/**
 * A storage in SQLite. `within` takes a connection of the application's own to the same file, in a transaction it
 * began. `connectionOf` returns the storage's connection.
 */
export type SqliteStorage = SqlStorage<SqliteConnection, DatabaseSync>;

/** Options of `sqliteStorage`. */
export interface SqliteStorageOptions<T extends ResourceType = ResourceType> {
  /** Path of the database file, which is created if missing; its directory must exist. Or `:memory:`. */
  readonly file: string;
  /** How long to wait for another process's lock before giving up with 503, in milliseconds. @default 5000 */
  readonly busyTimeoutMs?: number;
  /** The prefix of the names of all tables: a-z, 0-9 and _, at most 40 characters. @default "scimkit_" */
  readonly tablePrefix?: string;
  /**
   * Attributes to index in addition to `userName` and other unique ones, `externalId`, `displayName`, `emails.value`
   * and `meta.lastModified`: paths such as `title`, `phoneNumbers.value` or `urn:…:User:employeeNumber`. At the first
   * use after a change all resources are read once. All processes on one file must have the same list. @default []
   */
  readonly indexed?: readonly PathOf<InputOf<T>>[];
  /** The resource types whose attributes `indexed` names. @default User with the Enterprise extension, and Group */
  readonly resourceTypes?: readonly T[];
  /**
   * What to do with a filter without an index: `scan` reads all resources of the tenant and type, in SQL; `refuse`
   * rejects it with 400 `tooMany` and the name of the attribute. @default "scan"
   */
  readonly unindexedFilters?: "scan" | "refuse";
  /**
   * How many operations of one tenant may wait for the database; further ones are rejected with 503 and `Retry-After`.
   * Tenants take turns. @default 10000
   */
  readonly maxWaiting?: number;
  /**
   * How long one query may search, in milliseconds, apart from the time in which others have their turn: then it is rejected with 400 `tooMany`.
   * @default 10000
   */
  readonly statementTimeoutMs?: number;
}

const OPTIONS: z.ZodMiniType<Required<SqliteStorageOptions>> = z.strictObject({
  file: z.string().check(
    z.minLength(1),
    z.refine((file) => !file.startsWith("file:"), { error: "must be a path, not a URI" }),
  ),
  busyTimeoutMs: wholeNumberOption(5000, z.nonnegative()),
  tablePrefix: z._default(identifierOption, TABLE_PREFIX),
  indexed: indexedOption,
  resourceTypes: indexedTypesOption,
  unindexedFilters: unindexedFiltersOption,
  maxWaiting: maxWaitingOption,
  statementTimeoutMs: statementTimeoutOption,
});

const TABLE_OPTIONS: z.ZodMiniType<Required<Pick<SqliteStorageOptions, "tablePrefix">>> = z.strictObject({
  tablePrefix: z._default(identifierOption, TABLE_PREFIX),
});

/**
 * A storage in an SQLite file, over Node's own `node:sqlite`; several processes may use the file at once.
 *
 * The file is opened and its tables are created on first use, or by `migrate()`, which a program calls at start to
 * detect faults early. What is committed is on disk (WAL, `synchronous = FULL`). Inside `transaction`, use only the
 * storage that it gives: a write through the storage itself waits for the transaction to end, and so, if awaited
 * inside, forever.
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
export function sqliteStorage<T extends ResourceType = StandardResourceType>(
  options: string | SqliteStorageOptions<T>,
): SqliteStorage {
  const given = typeof options === "string" ? { file: options } : options;
  const resolved = resolveOptions("sqliteStorage", OPTIONS, given);
  const { file, busyTimeoutMs, maxWaiting } = resolved;
  const statements = sqlStatements(sqliteEngine, {
    ...resolved,
    indexed: checkedPaths("sqliteStorage", resolved),
  });
  const within = createStorageWithin();
  return {
    ...sqlStorage(sqliteDatabase({ file, busyTimeoutMs, maxWaiting, statements })),
    within: (connection) => within(connection, sqliteSession(connection, statements)),
  };
}

/**
 * The SQL statements that create the tables of a new database, to be run by hand, in one transaction. `migrate()` then
 * has nothing to do.
 *
 * @throws {TypeError} for wrong options
 */
export function sqliteTableStatements(options: Pick<SqliteStorageOptions, "tablePrefix"> = {}): readonly string[] {
  const { tablePrefix } = resolveOptions("sqliteTableStatements", TABLE_OPTIONS, options);
  return tableStatements({ engine: sqliteEngine, place: { tablePrefix } });
}
