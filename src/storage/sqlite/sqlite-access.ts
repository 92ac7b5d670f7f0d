import type { Kysely } from "kysely";
import type { SqliteTables } from "./tables.ts";

/** The typed query builder over one connection. */
export type Database = Kysely<SqliteTables>;

/** How operations reach the database: the storage itself, or a transaction on it. */
export interface SqliteAccess {
  /** Runs one query. */
  read<T>(query: (db: Database) => Promise<T>): Promise<T>;
  /** Runs several statements as one: all of what they write is there, or none. */
  write<T>(operation: (db: Database) => Promise<T>): Promise<T>;
}
