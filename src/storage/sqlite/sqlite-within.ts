import { type SqlSession, type SqlStatements, sqlSession } from "../sql/sql-session.ts";
import { storageWithin } from "../sql/storage-within.ts";
import type { Storage } from "../storage.ts";

/** A connection of the application's own: what we need of `DatabaseSync` of `node:sqlite`. */
export interface SqliteConnection {
  prepare(text: string): { all(...values: (string | number | null)[]): unknown[] };
  /** Whether a transaction is open; Node has it from 22.16 on. */
  readonly isTransaction?: boolean;
}

/**
 * The storage over a connection on which the application has begun a transaction.
 *
 * @throws {TypeError} where it has not, or where the connection leaves foreign keys unheeded
 */
export function sqliteWithin(connection: SqliteConnection, statements: SqlStatements): Storage {
  if (connection.isTransaction === false) throw new TypeError("within: the connection is in no transaction");
  const [row] = connection.prepare("PRAGMA foreign_keys").all();
  if (!isOn(row)) throw new TypeError("within: the connection must heed foreign keys (PRAGMA foreign_keys = ON)");
  const run: SqlSession["run"] = async <Row>({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) =>
    connection.prepare(sql).all(...(parameters as (string | number | null)[])) as Row[];
  return storageWithin(sqlSession(statements, run));
}

function isOn(row: unknown): boolean {
  return typeof row === "object" && row !== null && "foreign_keys" in row && row.foreign_keys === 1;
}
