import { createSerialQueue, type SerialQueue } from "../../timing/serial-queue.ts";
import { createTransactionScope } from "../driver/transaction-scope.ts";
import type { Storage } from "../storage.ts";
import type { SqlSession } from "./engine/session.ts";
import { sqlTransaction } from "./engine/transaction.ts";
import { turnOf } from "./engine/turns.ts";
import { runInTransaction, storageOver } from "./sql-storage.ts";

/** A storage in an SQL database, which may have tables of the application too. */
export interface SqlStorage<Transaction> extends Storage {
  /**
   * The same storage inside a transaction of the application, on its connection to the same database: its writes are
   * committed, or rolled back, together with those of the application.
   *
   * Each operation runs in a savepoint, so that one that fails leaves the transaction usable. So does a `transaction`,
   * which is atomic but never repeated. Do not use it after the end of the application's transaction. Call `migrate()`
   * of the storage before; here `migrate` and `close` are rejected.
   */
  within(transaction: Transaction): Storage;
}

/**
 * Makes a storage over a connection that is in a transaction of the application. All storages over one connection take
 * turns: otherwise the savepoints of two operations would be nested, and one that fails would undo the other.
 */
export type StorageWithin = (connection: object, sql: SqlSession) => Storage;

/** For one storage. */
export function createStorageWithin(): StorageWithin {
  const queues = new WeakMap<object, SerialQueue>();
  return (connection, sql) => {
    const queue = queues.get(connection) ?? createSerialQueue();
    queues.set(connection, queue);
    const scope = createTransactionScope();
    const { access } = sqlTransaction(sql, scope, { queue });
    return storageOver(access, sql, {
      ...scope.refusals,
      transaction: (run, options) => access.write(turnOf(options), (inner) => runInTransaction(inner, run)),
    });
  };
}
