import type { SqlStatements } from "../sql/engine/session.ts";
import { isBusy } from "./errors.ts";
import { type NodeDatabase, openNodeDatabase } from "./node-database.ts";

/** How long SQLite itself waits for a lock. Short, since it blocks the process; `retryWhileBusy` waits the rest. */
const BUSY_TIMEOUT_MS = 20;
const PAUSE_MS = 5;

/** Opens a connection. FULL, since committed data must survive a power failure. */
export async function openConnection(file: string, statements: SqlStatements): Promise<NodeDatabase> {
  const connection = openNodeDatabase(file, statements);
  try {
    connection.execute(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    connection.execute("PRAGMA foreign_keys = ON");
    connection.execute("PRAGMA journal_mode = WAL");
    connection.execute("PRAGMA synchronous = FULL");
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

/**
 * Tries again while another connection holds a lock, for about `timeoutMs` milliseconds, without stopping the process.
 */
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
export async function inTransaction<T>(
  connection: NodeDatabase,
  timeoutMs: number,
  operation: () => Promise<T>,
): Promise<T> {
  await retryWhileBusy(timeoutMs, async () => connection.execute("BEGIN IMMEDIATE"));
  try {
    const result = await operation();
    connection.execute("COMMIT");
    return result;
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

function rollBack(connection: NodeDatabase): void {
  try {
    connection.execute("ROLLBACK");
  } catch {
    // Where SQLite has rolled back by itself (a full disk), there is nothing left to roll back.
  }
}
