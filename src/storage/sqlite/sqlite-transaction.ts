import { sql } from "kysely";
import { UnavailableError } from "../../errors/request-errors.ts";
import { createSerialQueue } from "../serial-queue.ts";
import type { TransactionScope } from "../transaction-scope.ts";
import type { Database, SqliteAccess } from "./sqlite-access.ts";
import { translateSqliteError } from "./sqlite-errors.ts";

/** A running transaction as its operations see it. */
export interface SqliteTransaction {
  readonly access: SqliteAccess;
  /** Waits for operations that nobody waited for. @throws {UnavailableError} when the database gave the transaction up */
  readonly settle: () => Promise<void>;
}

/**
 * Access inside a transaction on `db`: one operation after the other, each in a savepoint, so that one that fails and is
 * caught leaves nothing while the rest can be committed.
 */
export function sqliteTransaction(db: Database, scope: TransactionScope): SqliteTransaction {
  const queue = createSerialQueue();
  let lost: unknown;
  const assertAlive = (): void => {
    if (lost === undefined) return;
    throw new UnavailableError("The database has given up the transaction", { cause: lost });
  };
  const run = async <T>(operation: () => Promise<T>): Promise<T> => {
    scope.assertRunning();
    return queue(async () => {
      assertAlive();
      try {
        return await operation();
      } catch (error) {
        throw translateSqliteError(error);
      }
    });
  };
  const inSavepoint = async <T>(operation: (db: Database) => Promise<T>): Promise<T> => {
    await sql`SAVEPOINT scimkit_operation`.execute(db);
    try {
      const result = await operation(db);
      await sql`RELEASE scimkit_operation`.execute(db);
      return result;
    } catch (error) {
      try {
        await sql`ROLLBACK TO scimkit_operation`.execute(db);
        await sql`RELEASE scimkit_operation`.execute(db);
      } catch {
        // The savepoint went with the whole transaction: whatever came next would be committed on its own.
        lost = error;
      }
      throw error;
    }
  };
  return {
    access: {
      read: (query) => run(() => query(db)),
      write: (operation) => run(() => inSavepoint(operation)),
    },
    settle: async () => {
      await queue(async () => undefined);
      assertAlive();
    },
  };
}
