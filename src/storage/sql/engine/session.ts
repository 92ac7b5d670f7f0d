import { type CompiledQuery, DummyDriver, Kysely, type RawBuilder } from "kysely";
import type { Turn } from "../../../timing/fair-queue.ts";
import type { SqlEngine } from "./engine.ts";
import { indexedPaths } from "./indexed-values.ts";
import { createLookupTemplates, type LookupTemplates } from "./lookup-store.ts";
import { type TableNames, type TablePlace, tableNames } from "./table-names.ts";
import type { SqlTables } from "./tables.ts";

/** What is needed to build statements. It has no connection to a database. */
export interface SqlStatements {
  readonly engine: SqlEngine;
  /** Kysely as a builder only: its statements are compiled and run by a session. */
  readonly db: Kysely<SqlTables>;
  readonly names: TableNames;
  readonly place: TablePlace;
  /** The paths whose values are indexed, in lower case. */
  readonly indexed: ReadonlySet<string>;
  /** What to do with a filter without an index. */
  readonly unindexedFilters: UnindexedFilters;
  /** How long one statement may take. */
  readonly statementTimeoutMs: number;
  /** The statements of lookups, compiled once. */
  readonly lookups: LookupTemplates;
  /** Statements whose text never changes, by name. */
  readonly fixed: Map<string, CompiledQuery>;
}

/** What to do with a filter without an index: scan the whole partition, or throw `TooManyError`. */
export type UnindexedFilters = "scan" | "refuse";

/** The options that the drivers of both databases have. */
export interface SqlOptions extends TablePlace {
  /** Paths to index in addition to the default ones. */
  readonly indexed: readonly string[];
  readonly unindexedFilters: UnindexedFilters;
  readonly statementTimeoutMs: number;
}

/** What a read may need. */
export interface ReadLimits {
  /** Whether the read may take long, so that the database must end it after `statementTimeoutMs`. @default false */
  readonly isLong?: boolean;
}

/** One connection to the database. */
export interface SqlSession extends SqlStatements {
  /** Runs one statement and returns its rows. Throws what the database throws. */
  run<Row>(query: CompiledQuery<Row>): Promise<Row[]>;
  /** The connection of the database's driver, if the session is in a transaction of the storage. */
  readonly connection?: unknown;
  /** The time that the statements of this session have taken, without waiting for their turns, in milliseconds. */
  readonly usedMs?: () => number;
}

/**
 * How operations reach the database: the storage itself, or a transaction on it. Tenants take turns at the database, so
 * each operation names its own.
 */
export interface SqlAccess {
  /**
   * Runs an operation that only reads. It does not begin if the signal of the turn is aborted.
   *
   * @throws {DisconnectedError} when the signal is aborted
   * @throws {TooManyError} when a long read took longer than `statementTimeoutMs`
   */
  read<T>(turn: Turn, query: (sql: SqlSession) => Promise<T>, limits?: ReadLimits): Promise<T>;
  /** Runs an operation of several statements: all that they write is stored, or nothing. */
  write<T>(turn: Turn, operation: (sql: SqlSession) => Promise<T>): Promise<T>;
  /** The same for an operation in which only the first statement writes. */
  writeOne<T>(turn: Turn, operation: (sql: SqlSession) => Promise<T>): Promise<T>;
}

/** Statements for a database of this kind. */
export function sqlStatements(engine: SqlEngine, options: SqlOptions): SqlStatements {
  const { tablePrefix, schema, indexed, unindexedFilters, statementTimeoutMs } = options;
  const place: TablePlace = schema === undefined ? { tablePrefix } : { tablePrefix, schema };
  const db = new Kysely<SqlTables>({
    dialect: {
      createAdapter: engine.createAdapter,
      createDriver: () => new DummyDriver(),
      createQueryCompiler: engine.createQueryCompiler,
      createIntrospector: () => {
        throw new TypeError("These statements read no tables");
      },
    },
  });
  return {
    ...{ engine, db, names: tableNames(place), place },
    ...{ indexed: indexedPaths(indexed), unindexedFilters, statementTimeoutMs },
    ...{ lookups: createLookupTemplates(), fixed: new Map() },
  };
}

/** A session that runs the statements of `statements` with `run`. */
export function sqlSession(statements: SqlStatements, run: SqlSession["run"]): SqlSession {
  return { ...statements, run };
}

/** A query of Kysely's builder, or one written with its `sql`. */
export type Query<Row> = { compile(): CompiledQuery<Row> } | RawBuilder<Row>;

/** The statement of a query. */
export function compiled<Row>(sql: SqlStatements, query: Query<Row>): CompiledQuery<Row> {
  return "isRawBuilder" in query ? query.compile(sql.db) : (query as { compile(): CompiledQuery<Row> }).compile();
}

/** The rows of a query. */
export async function rowsOf<Row>(sql: SqlSession, query: Query<Row>): Promise<Row[]> {
  return sql.run(compiled(sql, query));
}

/** The first row of a query, if there is one. */
export async function rowOf<Row>(sql: SqlSession, query: Query<Row>): Promise<Row | undefined> {
  return (await rowsOf(sql, query))[0];
}
