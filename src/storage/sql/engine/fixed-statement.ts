import type { CompiledQuery } from "kysely";
import { compiled, type Query, rowsOf, type SqlSession } from "./session.ts";

/** A statement whose text is the same for all bound values. */
export interface FixedStatement<Row> {
  /** Names the text: one name, one text. */
  readonly name: string;
  /** The bound values, in the order of the text. */
  readonly values: readonly unknown[];
  /** Builds the statement, with these values. */
  readonly make: () => Query<Row>;
}

/** The rows of a fixed statement. It is compiled once, since that takes longer than to run it. */
export async function fixedRows<Row>(
  sql: SqlSession,
  { name, values, make }: FixedStatement<Row>,
): Promise<readonly Row[]> {
  const known = sql.fixed.get(name) as CompiledQuery<Row> | undefined;
  if (known !== undefined) return sql.run({ ...known, parameters: values });
  const made = compiled(sql, make());
  if (JSON.stringify(made.parameters) !== JSON.stringify(values)) {
    throw new TypeError(`The values of the statement ${name} are not in the order in which it binds them`);
  }
  sql.fixed.set(name, made);
  return sql.run(made);
}

/** The first row of a fixed statement, if there is one. */
export async function fixedRow<Row>(sql: SqlSession, statement: FixedStatement<Row>): Promise<Row | undefined> {
  return (await fixedRows(sql, statement))[0];
}

/** An INSERT of more rows than this is compiled each time, so that few texts are kept. */
const MOST_ROWS = 8;

/** Runs an INSERT of several rows, which have the same columns in the same order. One name, one table. */
export async function insertedRows<Row>(
  sql: SqlSession,
  name: string,
  rows: readonly object[],
  make: () => Query<Row>,
): Promise<void> {
  if (rows.length > MOST_ROWS) await rowsOf(sql, make());
  else {
    const values = rows.flatMap((row) => Object.values(row));
    await fixedRows(sql, { name: `${name}.insert-${rows.length}`, values, make });
  }
}
