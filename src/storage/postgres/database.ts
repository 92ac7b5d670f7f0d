import { type SqlAccess, type SqlStatements, sqlSession } from "../sql/engine/session.ts";
import { migrationWords } from "../sql/migrations/migrations.ts";
import type { SqlDatabase } from "../sql/sql-storage.ts";
import { type Connection, type StatementNames, withConnection } from "./connection.ts";
import { foldingStatement } from "./counting.ts";
import { isConflict, isLockTimeout, translatePostgresError } from "./errors.ts";
import { migratePostgres } from "./migrations.ts";
import type { PoolHolder } from "./open-pool.ts";
import { type RetryTiming, retrying } from "./retry.ts";
import { CONNECTING, inTransaction, type TransactionKind } from "./transactions.ts";

/** What a database is reached with. */
export interface PostgresDatabaseOptions {
  readonly statements: SqlStatements;
  readonly pool: PoolHolder;
  readonly nameOf: StatementNames;
  readonly timing: RetryTiming;
}

/** How long an attempt that can be repeated waits for another's lock: if that one commits, it has waited for nothing. */
const FIRST_LOCK_TIMEOUT_MS = 50;
/** Writes of this process after which the rows of counts are made fewer. */
const WRITES_TO_FOLD = 200;

/** One operation: the rows it changes are locked, so that there is nothing to repeat, but for deadlocks. */
const OPERATION: TransactionKind = Object.freeze<TransactionKind>({
  begin: () => "BEGIN ISOLATION LEVEL READ COMMITTED",
  isConflict,
});

/** Nothing in it waits for its turn in this process: PostgreSQL sees to that by locks, and by ending one of two in conflict. */
export function postgresDatabase({ statements, pool, nameOf, timing }: PostgresDatabaseOptions): SqlDatabase {
  const working = new Set<Promise<unknown>>();
  let opened: Promise<void> | undefined;
  let closed = false;
  let writes = 0;

  const connected = async <T>(use: (connection: Connection) => Promise<T>): Promise<T> =>
    withConnection(await pool.open(), nameOf, use);
  const context = { statements, timing, connected };
  const transaction = serializable(statements);
  /** A failure to open is not kept: the next call tries again. */
  const open = (): Promise<void> => {
    if (opened === undefined) {
      opened = retrying(CONNECTING, timing, () => connected((connection) => migratePostgres(connection, statements)));
      opened.catch(() => {
        opened = undefined;
      });
    }
    return opened;
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new TypeError("The storage is closed");
    const running = work().catch((error: unknown) => {
      throw translatePostgresError(error);
    });
    const settled: Promise<unknown> = running.catch(() => undefined).finally(() => working.delete(settled));
    working.add(settled);
    return running;
  };
  const opening = <T>(work: () => Promise<T>): Promise<T> => guarded(() => open().then(work));
  const folding = foldingStatement(migrationWords(statements).table("counts"));
  /** Nobody waits for it, and what fails now is done another time. */
  const counted = <T>(result: T): T => {
    writes += 1;
    if (writes % WRITES_TO_FOLD === 0 && !closed) {
      guarded(() => connected((connection) => connection.query(folding))).catch(() => undefined);
    }
    return result;
  };
  const write: SqlAccess["write"] = (operation) =>
    opening(() => inTransaction(context, OPERATION, operation)).then(counted);
  return {
    statements,
    read: (query) =>
      opening(() =>
        retrying(CONNECTING, timing, () => connected((connection) => query(sqlSession(statements, connection.run)))),
      ),
    write,
    // Not without a transaction: the connection's own isolation level may be another.
    writeOne: write,
    transaction: (body) => opening(() => inTransaction(context, transaction, body)).then(counted),
    open: () => guarded(open),
    close: async () => {
      closed = true;
      await Promise.all(working);
      await pool.close();
    },
  };
}

/**
 * A transaction of the storage's user. Those that were in conflict queue up behind a table's lock, which is the one kind
 * that is taken before a transaction has its view of the database, and so go one after the other.
 */
function serializable(statements: SqlStatements): TransactionKind {
  const begin = "BEGIN ISOLATION LEVEL SERIALIZABLE";
  const hurry = `SET LOCAL lock_timeout = ${FIRST_LOCK_TIMEOUT_MS}`;
  const queueUp = `LOCK TABLE ${migrationWords(statements).table("meta")} IN SHARE UPDATE EXCLUSIVE MODE`;
  return {
    begin: (attempt) => `${begin}; ${attempt === 1 ? hurry : queueUp}`,
    isConflict: (error, attempt) => isConflict(error) || (attempt === 1 && isLockTimeout(error)),
  };
}
