import type { DialectAdapter, QueryCompiler, RawBuilder } from "kysely";

/** The names that counting is set up with, as statements refer to them. */
export interface CountingWords {
  readonly resources: string;
  readonly counts: string;
  /** The name of another object of ours, in the same schema. */
  readonly inSchema: (name: string) => string;
  /** The name of an object that belongs to its table, without schema. */
  readonly name: (name: string) => string;
}

/**
 * The differences between the SQL databases. Everything else in this folder is the same for both.
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
    /** JSON that is looked into. */
    readonly json: string;
  };
  /**
   * The statements that create the triggers by which every insertion and deletion of resources updates the table of counts,
   * without waiting for another writer. A partition's count is the sum of its rows there.
   */
  counting(words: CountingWords): readonly string[];
  /** Whether a failed statement makes the rest of its transaction impossible, so that even one statement needs a savepoint. */
  readonly failureEndsTransaction: boolean;
  /** Whether rows that are read to be changed must be locked, since there are parallel writers. */
  readonly locksRows: boolean;
  /** The value with which `texts` and `among` are bound for these texts. */
  list(values: readonly string[]): unknown;
  /** A table with the one column `value`, which holds these texts, as one bound value. To be given an alias. */
  texts(values: readonly string[]): RawBuilder<unknown>;
  /** Whether the column has one of these texts, as one bound value; looked up in an index however many they are. */
  among(column: RawBuilder<string>, values: readonly string[]): RawBuilder<boolean>;
  /**
   * The rows of a table, known as `m`, for which a condition holds, as the end of a FROM clause with WHERE: looked up
   * anew for each row before, and never by going through the table.
   */
  lookups(table: RawBuilder<unknown>, condition: RawBuilder<boolean>): RawBuilder<unknown>;
  /** JSON text, bound, in the form in which a column of type `types.json` keeps it. */
  json(text: string): RawBuilder<string>;
  /** The text at a path of names and places in lists, within JSON; NULL where there is none. In binary order. */
  jsonText(json: RawBuilder<unknown>, path: readonly (string | number)[]): RawBuilder<string | null>;
  /** Whether there is anything at that path. Never NULL, unless the JSON itself is. */
  jsonHas(json: RawBuilder<unknown>, path: readonly (string | number)[]): RawBuilder<boolean>;
  /** The elements of the list at that path, as a table called `alias` with the column `value`; no rows where there is none. */
  jsonElements(json: RawBuilder<unknown>, path: readonly (string | number)[], alias: string): RawBuilder<unknown>;
  /** A text that is no column's, to be compared in binary order. */
  binary(text: RawBuilder<string>): RawBuilder<string>;
  /** Whether the text has this one in it; also NULL for no. */
  textIncludes(text: RawBuilder<string | null>, part: string): RawBuilder<boolean>;
  /** Whether the text ends with this one, of so many characters, one or more; also NULL for no. */
  textEnds(text: RawBuilder<string | null>, end: string, length: number): RawBuilder<boolean>;
  /** Whether a table is there, as a query with one row or none. `name` as `tableNames` has it. */
  tableExists(name: string): RawBuilder<unknown>;
  /** A new random text for a version, made by the database. */
  readonly newVersion: RawBuilder<string>;
  /** The column in a form that keeps the planner from walking an index in its order rather than looking few matches up. */
  unordered(column: RawBuilder<string>): RawBuilder<string>;
  /** Whether a row with this key is there already. */
  isUniqueViolation(error: unknown): boolean;
  /** What the database threw as an `UnavailableError` with the original as its cause; everything else as it is. */
  translateError(error: unknown): unknown;
}
