import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";

/** Statements kept prepared; beyond that all are let go, since filters of any shape make new ones. */
const MAX_STATEMENTS = 200;

/** Opens a file, or `:memory:`, with Node's own SQLite in the shape that Kysely drives. Throws what SQLite throws. */
export function openNodeDatabase(file: string): SqliteDatabase {
  const database = new DatabaseSync(file);
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(text) {
      const known = statements.get(text);
      if (known !== undefined) return known;
      if (statements.size >= MAX_STATEMENTS) statements.clear();
      const statement = kyselyStatement(database.prepare(text));
      statements.set(text, statement);
      return statement;
    },
    close: () => database.close(),
  };
}

/** Everything is run as a query: a statement without rows has none, and what changed is told by RETURNING. */
function kyselyStatement(statement: StatementSync): SqliteStatement {
  const bound = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
  return {
    reader: true,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: (parameters) => statement.iterate(...bound(parameters)),
  };
}
