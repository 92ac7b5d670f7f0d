import { DisconnectedError } from "../../errors/request-errors.ts";
import type { Turn } from "../../timing/fair-queue.ts";
import { type ReadLimits, type SqlSession, type SqlStatements, sqlSession } from "../sql/engine/session.ts";
import { stoppedError } from "../sql/engine/stopped-error.ts";
import { whileConnected } from "../sql/engine/while-connected.ts";
import type { Connection } from "./connection.ts";
import { isStopped } from "./errors.ts";

/** What reads need. */
interface ReadContext {
  readonly statements: SqlStatements;
  /** Runs `use` with another connection. */
  readonly connected: <T>(use: (connection: Connection) => Promise<T>) => Promise<T>;
}

/** A read, on the connection that it is given. */
export function reading<T>(
  context: ReadContext,
  query: (sql: SqlSession) => Promise<T>,
  { signal, isLong = false }: ReadLimits & Pick<Turn, "signal">,
): (connection: Connection) => Promise<T> {
  const begun = whileConnected(query, signal);
  return (connection) =>
    isLong
      ? longRead({ ...context, connection, signal }, begun)
      : begun(sqlSession(context.statements, connection.run));
}

interface LongRead extends ReadContext {
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
}

/** The statement that limits the time of each later statement of a transaction. */
export function timeoutStatement({ statementTimeoutMs }: SqlStatements): string {
  return `SET LOCAL statement_timeout = ${statementTimeoutMs}`;
}

/**
 * Runs a read in a transaction of its own, since a setting of the session would stay: the connection can belong to the
 * application, or to a pooler. PostgreSQL ends the statement even if this process is gone.
 *
 * @throws {TooManyError} when it took too long
 * @throws {DisconnectedError} when the signal was aborted; the statement is cancelled
 */
async function longRead<T>(read: LongRead, query: (sql: SqlSession) => Promise<T>): Promise<T> {
  const { connection, statements, signal } = read;
  const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; ${timeoutStatement(statements)}`;
  const rows = await connection.query(`${begin}; SELECT pg_backend_pid() AS process`);
  const { process } = rows[0] as { readonly process: number };
  let cancelling: Promise<unknown> | undefined;
  const cancel = (): void => {
    cancelling = read
      .connected((other) => other.query("SELECT pg_cancel_backend($1)", [process]))
      .catch(() => undefined);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    const result = await query(sqlSession(statements, connection.run));
    await connection.commit();
    return result;
  } catch (error) {
    await connection.rollback();
    if (!isStopped(error)) throw error;
    if (signal?.aborted === true) throw new DisconnectedError(undefined, { cause: error });
    throw stoppedError(statements, error);
  } finally {
    signal?.removeEventListener("abort", cancel);
    // Otherwise it could cancel the next statement on this connection, which is somebody else's.
    await cancelling;
  }
}
