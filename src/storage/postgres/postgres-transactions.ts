import { type SqlSession, type SqlStatements, sqlSession } from "../sql/sql-session.ts";
import type { Connection } from "./connection.ts";
import { isConflict, isLostConnection } from "./postgres-errors.ts";
import { type RetryTiming, retrying } from "./retry.ts";

/** How often a connection that is lost is replaced. After a restart several that stood idle may be lost. */
export const CONNECTING = { attempts: 3, again: isLostConnection } as const;

/** How often what came into conflict with others is done again. */
const CONFLICTING = { attempts: 12, again: isConflict } as const;

/** What transactions are run with. */
export interface TransactionContext {
  readonly statements: SqlStatements;
  readonly timing: RetryTiming;
  /** Has a connection for the time that `use` takes. */
  readonly connected: <T>(use: (connection: Connection) => Promise<T>) => Promise<T>;
}

/** A kind of transaction. */
export interface TransactionKind {
  readonly begin: string;
  /** What a second and later attempt says first, so that those who were in conflict go one after the other. */
  readonly queueUp?: string;
}

/** Runs `body` in a transaction, and again as a whole after a conflict with others. */
export function inTransaction<T>(
  context: TransactionContext,
  kind: TransactionKind,
  body: (sql: SqlSession) => Promise<T>,
): Promise<T> {
  return retrying(CONFLICTING, context.timing, (attempt) =>
    begun(context, kind.begin, async (connection) => {
      if (attempt > 1 && kind.queueUp !== undefined) await connection.query(kind.queueUp);
      return committing(connection, context.statements, body);
    }),
  );
}

/** Until a transaction has begun, a lost connection is no more than a reason to take another. */
function begun<T>(
  { connected, timing }: TransactionContext,
  begin: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  let hasBegun = false;
  const rule = { ...CONNECTING, again: (error: unknown) => !hasBegun && isLostConnection(error) };
  return retrying(rule, timing, () =>
    connected(async (connection) => {
      await connection.query(begin);
      hasBegun = true;
      return work(connection);
    }),
  );
}

/** Runs `body` in the transaction that the connection is in, and ends it. */
async function committing<T>(
  connection: Connection,
  statements: SqlStatements,
  body: (sql: SqlSession) => Promise<T>,
): Promise<T> {
  let conflict: unknown;
  const run: SqlSession["run"] = async (query) => {
    try {
      return await connection.run(query);
    } catch (error) {
      if (isConflict(error)) conflict ??= error;
      throw error;
    }
  };
  try {
    const result = await body(sqlSession(statements, run));
    // Caught or not: what was read before a conflict is not to be built upon.
    if (conflict !== undefined) throw conflict;
    await connection.commit();
    return result;
  } catch (error) {
    await connection.rollback();
    throw conflict ?? error;
  }
}
