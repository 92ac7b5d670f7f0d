import type { SqlTables } from "./tables.ts";

/** The names of the tables in the database, by the names in `SqlTables`. */
export type TableNames = {
  /** For Kysely's builder and `sql.table`; the type is that of the key, so that columns are checked. */
  readonly [Table in keyof SqlTables]: Table;
};

/** The place of a storage's tables. */
export interface TablePlace {
  /** The prefix of the names of all tables and indexes. */
  readonly tablePrefix: string;
  /** The schema they are in; undefined for the connection's own. */
  readonly schema?: string;
}

const TABLES: readonly (keyof SqlTables)[] = [
  "meta",
  "resources",
  "unique_values",
  "indexed_values",
  "memberships",
  "counts",
  "state",
];

/**
 * The names of the tables in the database, with their schema where there is one, as Kysely reads them: `schema.table`.
 */
export function tableNames(place: TablePlace): TableNames {
  const schema = place.schema === undefined ? "" : `${place.schema}.`;
  const names = TABLES.map((table) => [table, `${schema}${place.tablePrefix}${table}`]);
  return Object.freeze(Object.fromEntries(names)) as TableNames;
}
