export type { SqlStorage } from "../../storage/sql/storage-within.ts";
export type { SqliteStorage, SqliteStorageOptions } from "../../storage/sqlite/sqlite-storage.ts";
export { sqliteStorage, sqliteTableStatements } from "../../storage/sqlite/sqlite-storage.ts";
export type { SqliteConnection, SqliteStatement } from "../../storage/sqlite/sqlite-within.ts";
