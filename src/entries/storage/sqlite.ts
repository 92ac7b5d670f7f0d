export type { SqlStorage } from "../../storage/sql/join-transaction.ts";
export type { SqliteStorage, SqliteStorageOptions } from "../../storage/sqlite/storage.ts";
export { sqliteStorage, sqliteTableStatements } from "../../storage/sqlite/storage.ts";
export type { SqliteConnection, SqliteStatement } from "../../storage/sqlite/within.ts";
