import { type SqlSession, type SqlStatements, sqlSession } from "../sql/engine/session.ts";

/** A connection of the application's own: what we need of `DatabaseSync` of `node:sqlite`. */
export interface SqliteConnection {
  prepare(text: string): SqliteStatement;
  /** Whether a transaction is open; Node has it from 22.16 on. */
  readonly isTransaction?: boolean;
}

/**
 * A statement on it. In newer releases of Node the connection can change the form of rows, and the statement can
 * override it.
 */
export interface SqliteStatement {
  all(...values: (string | number | null)[]): unknown[];
  setReadBigInts?(enabled: boolean): void;
  setReturnArrays?(enabled: boolean): void;
}

/**
 * The session on a connection on which the application has begun a transaction.
 *
 * @throws {TypeError} if there is no transaction, if foreign keys are off for the connection, or if it is not a
 * connection
 */
export function sqliteSession(connection: SqliteConnection, statements: SqlStatements): SqlSession {
  if (!isConnection(connection))
    throw new TypeError("within: must be given a connection (DatabaseSync of node:sqlite)");
  checkTransaction(connection);
  const [row] = prepare(connection, "PRAGMA foreign_keys").all();
  if (!isOn(row)) throw new TypeError("within: foreign keys must be on for the connection (PRAGMA foreign_keys = ON)");
  const run: SqlSession["run"] = async <Row>({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) => {
    // Outside of a transaction a savepoint would begin one, and its release would commit it.
    checkTransaction(connection);
    return prepare(connection, sql).all(...(parameters as (string | number | null)[])) as Row[];
  };
  return sqlSession(statements, run);
}

function checkTransaction({ isTransaction }: SqliteConnection): void {
  if (isTransaction === false) throw new TypeError("within: the connection is in no transaction");
}

/** Rows are objects and numbers are numbers, whatever form the application has chosen on its connection. */
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
