import { createSerialQueue, type SerialQueue } from "../../timing/serial-queue.ts";
import { createTransactionScope } from "../driver/transaction-scope.ts";
import type { Storage } from "../storage.ts";
import type { SqlSession } from "./engine/session.ts";
import { sqlTransaction } from "./engine/transaction.ts";
import { turnOf } from "./engine/turns.ts";
import { runInTransaction, storageOver } from "./sql-storage.ts";

/**
 * A storage in an SQL database, which may have tables of the application too. They share transactions in two ways:
 * `within` joins one that the application began; `connectionOf` gives the connection of one that the storage began.
 */
export interface SqlStorage<Transaction, Connection> extends Storage {
  /**
   * The same storage inside a transaction of the application, on its connection to the same database: its writes are
   * committed, or rolled back, together with those of the application.
   *
   * Each operation runs in a savepoint, so that one that fails leaves the transaction usable. So does a `transaction`,
   * which is atomic but never repeated. Do not use it after the end of the application's transaction. Call `migrate()`
   * of the storage before; here `migrate` and `close` are rejected.
   */
  within(transaction: Transaction): Storage;

  /**
   * The connection on which a transaction of this storage runs: what the application writes on it is committed, or
   * rolled back, together with what is written through `tx`. `tx` is what `transaction` gives to `run`, and what the
   * methods of a directory get with `delivery: "joined"`. Do not end the transaction, and do not use the connection
   * after it.
   *
   * @throws {TypeError} when `tx` is not a running transaction of this storage
   */
  connectionOf(tx: Storage | undefined): Connection;
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
