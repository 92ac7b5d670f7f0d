import type { DialectAdapter, QueryCompiler, RawBuilder } from "kysely";

/**
 * What one SQL database says differently than the other. Everything else in this room is said once, for both.
 *
 * Both compare text by its bytes in UTF-8 (SQLite by nature, PostgreSQL by `COLLATE "C"` on each column of text).
 */
export interface SqlEngine {
  /** How Kysely prints statements for this database. A compiler has state, so there is a new one for each builder. */
  readonly createQueryCompiler: () => QueryCompiler;
  readonly createAdapter: () => DialectAdapter;
  /** The types of columns in CREATE TABLE. */
  readonly types: {
    /** Text in binary order. */
    readonly text: string;
    /** A number with fractions. */
    readonly real: string;
  };
  /** Whether rows that are read to be changed must be locked, since others write at the same time. */
  readonly locksRows: boolean;
  /** A table with the one column `value`, which holds these texts, as one bound value. To be given an alias. */
  texts(values: readonly string[]): RawBuilder<unknown>;
  /** A member of an object that a column of JSON holds, as JSON text. */
  jsonMember(column: RawBuilder<unknown>, member: string): RawBuilder<string | null>;
  /** Whether a table is there, as a query with one row or none. `name` as `tableNames` has it. */
  tableExists(name: string): RawBuilder<unknown>;
  /** A text that nobody has ever made, for versions; made by the database, so that processes need not agree. */
  readonly newVersion: RawBuilder<string>;
  /** The column in a form that keeps the planner from walking an index in its order rather than looking few matches up. */
  unordered(column: RawBuilder<string>): RawBuilder<string>;
  /** Whether a row with this key is there already. */
  isUniqueViolation(error: unknown): boolean;
  /** What the database threw as an `UnavailableError` with the original as its cause; everything else as it is. */
  translateError(error: unknown): unknown;
}
