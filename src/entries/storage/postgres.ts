export type {
  PostgresClient,
  PostgresPool,
  PostgresPoolClient,
  PostgresQuery,
  PostgresResult,
} from "../../storage/postgres/postgres-pool.ts";
export type {
  KyselyTransaction,
  PostgresStorage,
  PostgresStorageOptions,
  PostgresTableOptions,
} from "../../storage/postgres/postgres-storage.ts";
export { postgresStorage, postgresTableStatements } from "../../storage/postgres/postgres-storage.ts";
export type { SqlStorage } from "../../storage/sql/storage-within.ts";
