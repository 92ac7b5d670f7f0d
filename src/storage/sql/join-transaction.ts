import { createSerialQueue, type SerialQueue } from "../../timing/serial-queue.ts";
import { createTransactionScope } from "../driver/transaction-scope.ts";
import type { Storage } from "../storage.ts";
import type { SqlSession } from "./engine/session.ts";
import { sqlTransaction } from "./engine/transaction.ts";
import { runInTransaction, storageOver } from "./sql-storage.ts";

/** A storage in an SQL database, which the application may use for tables of its own as well. */
export interface SqlStorage<Transaction> extends Storage {
  /**
   * The same storage inside a transaction of the application's own, on its connection to the same database: what is
   * written through it is committed, or rolled back, together with what the application writes there, and not before.
   *
   * Each operation runs in a savepoint, so that one that fails leaves the transaction usable; so does a `transaction`,
   * which therefore is atomic but never repeated. It is used until the application ends the transaction, and not after.
   * `migrate()` of the storage must have been called before; here it is refused, as is `close`.
   */
  within(transaction: Transaction): Storage;
}

/**
 * Makes a storage over a connection that is in a transaction which others end. All that are made over one connection take
 * turns: savepoints of two operations at once would lie within each other, and one that fails take the other along.
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
      transaction: (run) => access.write((inner) => runInTransaction(inner, run)),
    });
  };
}
