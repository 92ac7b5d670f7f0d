export type {
  PostgresClient,
  PostgresConnection,
  PostgresPool,
  PostgresPoolClient,
  PostgresQuery,
  PostgresResult,
} from "../../storage/postgres/pool.ts";
export type {
  KyselyTransaction,
  PostgresStorage,
  PostgresStorageOptions,
  PostgresTableOptions,
} from "../../storage/postgres/storage.ts";
export { postgresStorage, postgresTableStatements } from "../../storage/postgres/storage.ts";
export type { SqlStorage } from "../../storage/sql/join-transaction.ts";
