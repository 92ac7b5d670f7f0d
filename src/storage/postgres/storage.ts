import type { CompiledQuery } from "kysely";
import * as z from "zod/mini";
import { resolveOptions } from "../../options/resolve-options.ts";
import type { PathOf } from "../../protocol/paths.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { InputOf } from "../../schema/attributes/typed.ts";
import type { StandardResourceType } from "../../schema/definitions/standard-types.ts";
import { isObject } from "../../values/is-object.ts";
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
import { sqlSession, sqlStatements } from "../sql/engine/session.ts";
import { createStorageWithin, type SqlStorage } from "../sql/join-transaction.ts";
import { sqlStorage } from "../sql/sql-storage.ts";
import { connectionOver, createStatementNames } from "./connection.ts";
import { postgresDatabase } from "./database.ts";
import { postgresEngine } from "./engine.ts";
import { postgresTableStatementsAt } from "./migrations.ts";
import { createPoolHolder, poolOfApplication } from "./open-pool.ts";
import type { PostgresClient, PostgresConnection, PostgresPool } from "./pool.ts";
import { SYSTEM_TIMING } from "./retry.ts";

/** Where the tables of `postgresStorage` are. */
export interface PostgresTableOptions {
  /** The schema of the tables, which is created if missing; by default the first of the connection's `search_path`. */
  readonly schema?: string;
  /** The prefix of the names of all tables: a-z, 0-9 and _, at most 40 characters. @default "scimkit_" */
  readonly tablePrefix?: string;
}

/** Options of `postgresStorage`: `connectionString`, or `pool`, or both if `pool` contains settings. */
export interface PostgresStorageOptions<T extends ResourceType = ResourceType> extends PostgresTableOptions {
  /** The address of the database, as in `postgres://user:password@host:5432/database`. */
  readonly connectionString?: string;
  /**
   * The application's own pool of pg, which `close` leaves open; or settings for a pool that is opened on first use and
   * ended by `close`, in the form of pg's `Pool` (`max`, `ssl`, `statement_timeout`, …). pg itself waits for a
   * connection forever; here it gives up after 10 seconds (`connectionTimeoutMillis`).
   */
  readonly pool?: PostgresPool | Readonly<Record<string, unknown>>;
  /**
   * Whether PostgreSQL keeps statements prepared. Turn it off for a pooler that assigns connections per transaction and
   * does not support prepared statements. @default true
   */
  readonly preparedStatements?: boolean;
  /**
   * Attributes to index in addition to `userName` and other unique ones, `externalId`, `displayName`, `emails.value`
   * and `meta.lastModified`: paths such as `title`, `phoneNumbers.value` or `urn:…:User:employeeNumber`. At the first
   * use after a change all resources are read once. All processes on one database must have the same list. @default []
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
   * How long one statement may take, in milliseconds: a query that takes longer is rejected with 400 `tooMany`, a write with 503.
   * @default 10000
   */
  readonly statementTimeoutMs?: number;
}

/** A transaction of an application that uses Kysely: what we need of its `Transaction`. */
export interface KyselyTransaction {
  readonly isTransaction: boolean;
  /** The query has the type `never` instead of Kysely's own, so that programs without Kysely compile. */
  withoutPlugins(): { executeQuery(query: never): Promise<{ readonly rows: unknown[] }> };
}

/**
 * A storage in PostgreSQL. `within` takes a client of pg on which the application has begun a transaction, or a
 * transaction of Kysely. `connectionOf` returns the client of pg on which a transaction of the storage runs.
 */
export type PostgresStorage = SqlStorage<PostgresClient | KyselyTransaction, PostgresConnection>;

const CONNECTION_STRING = z.string().check(
  z.refine((text) => /^postgres(ql)?:$/.test(protocolOf(text) ?? ""), {
    error: "must be a URL such as postgres://user:password@host:5432/database",
  }),
);

const TABLE_OPTIONS = {
  schema: z.optional(identifierOption),
  tablePrefix: z._default(identifierOption, TABLE_PREFIX),
} as const;

const OPTIONS = z
  .strictObject({
    ...TABLE_OPTIONS,
    connectionString: z.optional(CONNECTION_STRING),
    pool: z.optional(z.custom<NonNullable<PostgresStorageOptions["pool"]>>(isObject, { error: "must be an object" })),
    preparedStatements: z._default(z.boolean(), true),
    indexed: indexedOption,
    resourceTypes: indexedTypesOption,
    unindexedFilters: unindexedFiltersOption,
    maxWaiting: maxWaitingOption,
    statementTimeoutMs: statementTimeoutOption,
  })
  .check(
    z.refine(({ connectionString, pool }) => connectionString !== undefined || pool !== undefined, {
      error: "connectionString or pool is needed",
    }),
    z.refine(({ connectionString, pool }) => connectionString === undefined || !isPool(pool), {
      error: "connectionString and a pool of the application's own exclude each other",
    }),
  );

/**
 * A storage in PostgreSQL 13 or later, over the package `pg`, which the application installs; any number of processes
 * may use it at once.
 *
 * The storage connects and creates its tables on first use, or by `migrate()`, which a program calls at start to detect
 * faults early. Transactions are serialisable: after a conflict `run` is called again.
 *
 * @example
 * ```ts
 * import { postgresStorage } from "scimkit/storage/postgres";
 *
 * const storage = postgresStorage("postgres://app@localhost/app");
 * await storage.migrate();
 * ```
 * @throws {TypeError} for wrong options; every call {UnavailableError} if the database cannot be used
 */
export function postgresStorage<T extends ResourceType = StandardResourceType>(
  options: string | PostgresStorageOptions<T>,
): PostgresStorage {
  const given = typeof options === "string" ? { connectionString: options } : options;
  const { connectionString, pool, preparedStatements, maxWaiting, ...place } = resolveOptions(
    "postgresStorage",
    OPTIONS,
    given,
  );
  const statements = sqlStatements(postgresEngine, { ...place, indexed: checkedPaths("postgresStorage", place) });
  const own = connectionString === undefined ? {} : { connectionString };
  const database = postgresDatabase({
    statements,
    pool: isPool(pool) ? poolOfApplication(pool) : createPoolHolder({ ...pool, ...own }),
    maxWaiting,
    nameOf: preparedStatements ? createStatementNames() : () => undefined,
    timing: SYSTEM_TIMING,
  });
  const within = createStorageWithin();
  return { ...sqlStorage(database), within: (tx) => within(tx, sqlSession(statements, runsIn(tx))) };
}

/**
 * The SQL statements that create the tables of a new database, to be run by hand, in one transaction. `migrate()` then
 * has nothing to do.
 *
 * @throws {TypeError} for wrong options
 */
export function postgresTableStatements(options: PostgresTableOptions = {}): readonly string[] {
  return postgresTableStatementsAt(resolveOptions("postgresTableStatements", z.strictObject(TABLE_OPTIONS), options));
}

/** @throws {TypeError} for a value that is neither a client nor a transaction */
function runsIn(tx: PostgresClient | KyselyTransaction): <Row>(query: CompiledQuery<Row>) => Promise<Row[]> {
  if (has(tx, "withoutPlugins")) {
    const { isTransaction } = tx as KyselyTransaction;
    if (!isTransaction) throw new TypeError("within: the Kysely instance is not a transaction");
    const transaction = (tx as KyselyTransaction).withoutPlugins();
    return async <Row>(query: CompiledQuery<Row>) => (await transaction.executeQuery(query as never)).rows as Row[];
  }
  if (!has(tx, "query")) throw new TypeError("within: needs a client of pg, or a transaction of Kysely");
  return connectionOver(
    tx as PostgresClient,
    () => undefined,
    () => undefined,
  ).run;
}

function has(value: unknown, method: string): boolean {
  return isObject(value) && typeof (value as Readonly<Record<string, unknown>>)[method] === "function";
}

function isPool(value: unknown): value is PostgresPool {
  return has(value, "connect");
}

function protocolOf(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).protocol : undefined;
}
