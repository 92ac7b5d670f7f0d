import { CompiledQuery } from "kysely";
import { UnavailableError } from "../../../errors/request-errors.ts";
import type { Turn } from "../../../timing/fair-queue.ts";
import { createSerialQueue, type SerialQueue } from "../../../timing/serial-queue.ts";
import type { TransactionScope } from "../../driver/transaction-scope.ts";
import type { ReadLimits, SqlAccess, SqlSession } from "./session.ts";
import { stoppedError } from "./stopped-error.ts";
import { whileConnected } from "./while-connected.ts";

/** A running transaction as its operations see it. */
export interface SqlTransaction {
  readonly access: SqlAccess;
  /**
   * Waits for operations that the body did not await. @throws {UnavailableError} if the database aborted the
   * transaction
   */
  readonly settle: () => Promise<void>;
}

const SAVEPOINT = CompiledQuery.raw("SAVEPOINT scimkit_operation");
const RELEASE = CompiledQuery.raw("RELEASE SAVEPOINT scimkit_operation");
const ROLLBACK_TO = CompiledQuery.raw("ROLLBACK TO SAVEPOINT scimkit_operation");

/** How a transaction is run. */
export interface SqlTransactionOptions {
  /** The queue of the connection, if others use it too. */
  readonly queue?: SerialQueue;
  /**
   * Whether COMMIT follows: it releases the last savepoint, which then needs no statement of its own. @default false
   */
  readonly commitReleases?: boolean;
}

/** The same read with its limits; the transaction has the limit of time. */
function limited<T>(
  query: (sql: SqlSession) => Promise<T>,
  { signal, isLong = false }: ReadLimits & Pick<Turn, "signal">,
): (sql: SqlSession) => Promise<T> {
  const begun = whileConnected(query, signal);
  return (sql) =>
    begun(sql).catch((error: unknown) => {
      throw isLong && sql.engine.isStopped(error) ? stoppedError(sql, error) : error;
    });
}

/**
 * Access inside a transaction that `sql` is in. Operations run one after the other. Each that writes runs in a
 * savepoint, so that an operation that fails and is caught has no effect, and the rest can be committed.
 */
export function sqlTransaction(
  sql: SqlSession,
  scope: TransactionScope,
  { queue = createSerialQueue(), commitReleases = false }: SqlTransactionOptions,
): SqlTransaction {
  let lost: unknown;
  let isUnreleased = false;
  const assertAlive = (): void => {
    if (lost === undefined) return;
    throw new UnavailableError("The database has aborted the transaction", { cause: lost });
  };
  const run = async <T>(operation: () => Promise<T>): Promise<T> => {
    scope.assertRunning();
    return queue(async () => {
      assertAlive();
      try {
        return await operation();
      } catch (error) {
        throw sql.engine.translateError(error);
      }
    });
  };
  const inSavepoint = async <T>(operation: (sql: SqlSession) => Promise<T>): Promise<T> => {
    if (isUnreleased) await sql.run(RELEASE);
    isUnreleased = false;
    await sql.run(SAVEPOINT);
    try {
      const result = await operation(sql);
      if (commitReleases) isUnreleased = true;
      else await sql.run(RELEASE);
      return result;
    } catch (error) {
      try {
        await sql.run(ROLLBACK_TO);
        await sql.run(RELEASE);
      } catch {
        // The database has rolled back the whole transaction: a later statement would be committed alone.
        lost = error;
      }
      throw error;
    }
  };
  return {
    access: {
      read: (turn, query, limits) => run(() => limited(query, { ...limits, signal: turn.signal })(sql)),
      write: (_turn, operation) => run(() => inSavepoint(operation)),
      writeOne: (_turn, operation) =>
        run(() => (sql.engine.failureEndsTransaction ? inSavepoint(operation) : operation(sql))),
    },
    settle: async () => {
      await queue(async () => undefined);
      assertAlive();
    },
  };
}
