import { type SqlSession, type SqlStatements, sqlSession } from "../sql/engine/session.ts";

/** A connection of the application's own: what we need of `DatabaseSync` of `node:sqlite`. */
export interface SqliteConnection {
  prepare(text: string): SqliteStatement;
  /** Whether a transaction is open; Node has it from 22.16 on. */
  readonly isTransaction?: boolean;
}

/** A statement on it. Newer releases of Node let the connection say in which form rows come, and the statement otherwise. */
export interface SqliteStatement {
  all(...values: (string | number | null)[]): unknown[];
  setReadBigInts?(enabled: boolean): void;
  setReturnArrays?(enabled: boolean): void;
}

/**
 * The session on a connection on which the application has begun a transaction.
 *
 * @throws {TypeError} where it has not, where the connection leaves foreign keys unheeded, or where it is none
 */
export function sqliteSession(connection: SqliteConnection, statements: SqlStatements): SqlSession {
  if (!isConnection(connection))
    throw new TypeError("within: must be given a connection (DatabaseSync of node:sqlite)");
  checkTransaction(connection);
  const [row] = prepare(connection, "PRAGMA foreign_keys").all();
  if (!isOn(row)) throw new TypeError("within: the connection must heed foreign keys (PRAGMA foreign_keys = ON)");
  const run: SqlSession["run"] = async <Row>({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) => {
    // A savepoint outside of a transaction would begin one, and commit it.
    checkTransaction(connection);
    return prepare(connection, sql).all(...(parameters as (string | number | null)[])) as Row[];
  };
  return sqlSession(statements, run);
}

function checkTransaction({ isTransaction }: SqliteConnection): void {
  if (isTransaction === false) throw new TypeError("within: the connection is in no transaction");
}

/** Rows are objects and numbers are numbers here, whatever the application has them be. */
function prepare(connection: SqliteConnection, text: string): SqliteStatement {
  const statement = connection.prepare(text);
  statement.setReadBigInts?.(false);
  statement.setReturnArrays?.(false);
  return statement;
}

function isConnection(value: unknown): boolean {
  return typeof value === "object" && value !== null && "prepare" in value && typeof value.prepare === "function";
}

function isOn(row: unknown): boolean {
  return typeof row === "object" && row !== null && "foreign_keys" in row && row.foreign_keys === 1;
}
