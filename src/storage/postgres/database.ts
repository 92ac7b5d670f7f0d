import { FairQueue, type Turn } from "../../timing/fair-queue.ts";
import { once } from "../../timing/once.ts";
import type { SqlAccess, SqlStatements } from "../sql/engine/session.ts";
import { turnOf } from "../sql/engine/turns.ts";
import { migrationWords } from "../sql/migrations/migrations.ts";
import type { SqlDatabase } from "../sql/sql-storage.ts";
import { type Connection, type StatementNames, withConnection } from "./connection.ts";
import { foldingStatement } from "./counting.ts";
import { isConflict, isLockTimeout, NO_CONNECTION, translatePostgresError } from "./errors.ts";
import { reading, timeoutStatement } from "./long-read.ts";
import { migratePostgres } from "./migrations.ts";
import type { PoolHolder } from "./open-pool.ts";
import { type RetryTiming, retrying } from "./retry.ts";
import { CONNECTING, inTransaction, type TransactionKind } from "./transactions.ts";

/** How a database is reached. */
export interface PostgresDatabaseOptions {
  readonly statements: SqlStatements;
  readonly pool: PoolHolder;
  /** The most operations of one tenant that wait. */
  readonly maxWaiting: number;
  readonly nameOf: StatementNames;
  readonly timing: RetryTiming;
}

/**
 * How long a first attempt waits for a lock: if the holder commits, the attempt conflicts and must be repeated anyway.
 */
const FIRST_LOCK_TIMEOUT_MS = 50;
/** After so many writes of this process the rows of counts are folded. */
const WRITES_TO_FOLD = 200;

/** One operation: it locks the rows that it changes, so only deadlocks are repeated. */
function readCommitted(statements: SqlStatements): TransactionKind {
  const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; ${timeoutStatement(statements)}`;
  return { begin: () => begin, isConflict };
}

/**
 * Operations wait for a connection only: PostgreSQL orders writers by locks, and ends one of two that conflict. Tenants
 * take turns, and one connection is always left for the others.
 */
export function postgresDatabase(options: PostgresDatabaseOptions): SqlDatabase {
  const { statements, pool, nameOf, timing } = options;
  const connections = queueOf(options);
  const working = new Set<Promise<unknown>>();
  let closed = false;
  let writes = 0;

  const connected = async <T>(use: (connection: Connection) => Promise<T>): Promise<T> =>
    withConnection(await pool.open(), nameOf, use);
  const context = { statements, timing, connected };
  const transaction = serializable(statements);
  const operation = readCommitted(statements);
  const open = once(() =>
    retrying(CONNECTING, timing, () => connected((connection) => migratePostgres(connection, statements))),
  );
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new TypeError("The storage is closed");
    const running = work().catch((error: unknown) => {
      throw translatePostgresError(error);
    });
    const settled: Promise<unknown> = running.catch(() => undefined).finally(() => working.delete(settled));
    working.add(settled);
    return running;
  };
  const inTurn = <T>(turn: Turn, work: () => Promise<T>): Promise<T> =>
    guarded(() => open().then(() => connections.run(turn, work)));
  const folding = foldingStatement(migrationWords(statements).table("counts"));
  /** Folds the counts from time to time. The caller does not wait for it, and if it fails, a later call folds. */
  const counted = <T>(result: T): T => {
    writes += 1;
    if (writes % WRITES_TO_FOLD === 0 && !closed) {
      inTurn(turnOf(), () => connected((connection) => connection.query(folding))).catch(() => undefined);
    }
    return result;
  };
  const write: SqlAccess["write"] = (turn, body) =>
    inTurn(turn, () => inTransaction(context, operation, body)).then(counted);
  return {
    statements,
    read: (turn, query, limits) => {
      const read = reading({ statements, connected }, query, { ...limits, signal: turn.signal });
      return inTurn(turn, () => retrying(CONNECTING, timing, () => connected(read)));
    },
    write,
    // In a transaction too: the default isolation level of the connection may be another one.
    writeOne: write,
    transaction: (turn, body) => inTurn(turn, () => inTransaction(context, transaction, body)).then(counted),
    open: () => guarded(open),
    close: async () => {
      closed = true;
      await Promise.all(working);
      await pool.close();
    },
  };
}

/** The queue for connections. */
function queueOf({ pool: { size, maxWaitMs }, maxWaiting }: PostgresDatabaseOptions): FairQueue {
  const maxWait = maxWaitMs === undefined ? undefined : { ms: maxWaitMs, message: NO_CONNECTION };
  return new FairQueue({ concurrency: size, share: Math.max(1, size - 1), maxWaiting, maxWait });
}

/**
 * A transaction of `Storage.transaction`. After a conflict an attempt waits for the lock of a table, so that those in
 * conflict run one after the other: LOCK TABLE is the one lock that a transaction can take before its snapshot.
 */
function serializable(statements: SqlStatements): TransactionKind {
  const begin = "BEGIN ISOLATION LEVEL SERIALIZABLE";
  const timeout = timeoutStatement(statements);
  const expedite = `SET LOCAL lock_timeout = ${FIRST_LOCK_TIMEOUT_MS}`;
  const enqueue = `LOCK TABLE ${migrationWords(statements).table("meta")} IN SHARE UPDATE EXCLUSIVE MODE`;
  return {
    // Waiting for the table's lock is not a statement that takes too long.
    begin: (attempt) => `${begin}; ${attempt === 1 ? expedite : enqueue}; ${timeout}`,
    isConflict: (error, attempt) => isConflict(error) || (attempt === 1 && isLockTimeout(error)),
  };
}
