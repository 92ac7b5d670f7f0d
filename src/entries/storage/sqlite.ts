export type { SqliteStorageOptions } from "../../storage/sqlite/sqlite-storage.ts";
export { sqliteStorage, sqliteTableStatements } from "../../storage/sqlite/sqlite-storage.ts";
