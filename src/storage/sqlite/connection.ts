import { Kysely, SqliteDialect, sql } from "kysely";
import { openNodeDatabase } from "./node-database.ts";
import type { Database } from "./sqlite-access.ts";
import { isBusy } from "./sqlite-errors.ts";
import type { SqliteTables } from "./tables.ts";

/** How long SQLite itself waits for a lock. Short, since this process stands still meanwhile; `retryWhileBusy` does the rest. */
const BUSY_TIMEOUT_MS = 20;
const PAUSE_MS = 5;

/** Opens a connection. FULL, since what was promised must survive a loss of power. */
export async function openConnection(file: string): Promise<Database> {
  const database = openNodeDatabase(file);
  const db = new Kysely<SqliteTables>({ dialect: new SqliteDialect({ database }) });
  try {
    await sql.raw(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`).execute(db);
    await sql`PRAGMA foreign_keys = ON`.execute(db);
    await sql`PRAGMA journal_mode = WAL`.execute(db);
    await sql`PRAGMA synchronous = FULL`.execute(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/** Tries again while another connection holds a lock, for about `timeoutMs` milliseconds, without stopping the process. */
export async function retryWhileBusy<T>(timeoutMs: number, attempt: () => Promise<T>): Promise<T> {
  let left = Math.ceil(timeoutMs / (BUSY_TIMEOUT_MS + PAUSE_MS));
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 0 || !isBusy(error)) throw error;
      left -= 1;
      await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    }
  }
}

/** Runs `operation` between BEGIN IMMEDIATE and COMMIT, or ROLLBACK. Nothing else may use the connection meanwhile. */
export async function inTransaction<T>(db: Database, timeoutMs: number, operation: () => Promise<T>): Promise<T> {
  await retryWhileBusy(timeoutMs, () => sql`BEGIN IMMEDIATE`.execute(db));
  try {
    const result = await operation();
    await sql`COMMIT`.execute(db);
    return result;
  } catch (error) {
    // Where SQLite has rolled back by itself (a full disk), there is nothing left to roll back.
    await sql`ROLLBACK`.execute(db).catch(() => undefined);
    throw error;
  }
}
