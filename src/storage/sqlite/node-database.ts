import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { SqlSession, SqlStatements } from "../sql/engine/session.ts";
import { sqlSession } from "../sql/engine/session.ts";

/** The most prepared statements that are kept; then all are dropped, since filters of any form need new ones. */
const MAX_STATEMENTS = 200;

/** A connection of Node's own SQLite. */
export interface NodeDatabase {
  readonly sql: SqlSession;
  /** Runs a statement that is not worth keeping, such as a PRAGMA. Throws what SQLite throws. */
  execute(text: string): void;
  close(): void;
}

/** Opens a file, or `:memory:`. Throws what SQLite throws. */
export function openNodeDatabase(file: string, statements: SqlStatements): NodeDatabase {
  const database = new DatabaseSync(file);
  const prepared = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    if (prepared.size >= MAX_STATEMENTS) prepared.clear();
    const statement = database.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
  const run: SqlSession["run"] = async <Row>({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) =>
    // Everything is run as a query: a statement without result has no rows, and changes are returned by RETURNING.
    prepare(sql).all(...(parameters as SQLInputValue[])) as Row[];
  return {
    sql: { ...sqlSession(statements, run), connection: database },
    execute: (text) => database.exec(text),
    close: () => database.close(),
  };
}
