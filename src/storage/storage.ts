import type { ResourceStorage, TransactionOptions } from "./resource-storage.ts";
import type { StateStorage } from "./state-storage.ts";

/** Everything that the library stores. */
export interface Storage {
  readonly resources: ResourceStorage;
  readonly state: StateStorage;

  /**
   * Runs `run` so that everything it writes through `tx` is stored, or nothing. Transactions behave as if they ran one
   * after the other. Not nested. `run` may be called again after a serialisation failure, so it must do no other I/O,
   * and use `tx` alone: a write through the storage itself may wait for the transaction to end, and so forever. An
   * operation that fails and is caught has no effect, and the rest can be committed. `tx` cannot be used after the end.
   */
  transaction<T>(run: (tx: Storage) => Promise<T>, options?: TransactionOptions): Promise<T>;

  /**
   * Calls `callback` once, after the running transaction has committed, and not at all if it is rolled back. Callbacks
   * are called in the order they were added. Only the storage that `transaction` gives to `run` has this method, and
   * always: a storage that joined a transaction of the application does not know when that commits. An error that a
   * callback throws is ignored, since the transaction is already committed.
   */
  afterCommit?(callback: () => void): void;

  /**
   * The connection on which a transaction of this storage runs, so that an application can write to its own tables in
   * the same transaction. `tx` is what `transaction` gives to `run`. A source needs it for `delivery: "joined"`. A
   * storage that has no database of its own does not have it.
   *
   * @throws {TypeError} when `tx` is not a transaction of this storage
   */
  connectionOf?(tx: Storage | undefined): unknown;

  /**
   * Creates missing tables. Idempotent; safe when several processes start at once. A driver may also do this on first
   * use.
   *
   * @throws {UnavailableError} when the tables have a layout that this release does not know
   */
  migrate(): Promise<void>;

  /** Finishes running operations, then closes its files and connections. Later calls fail, except `close` itself. */
  close(): Promise<void>;
}
