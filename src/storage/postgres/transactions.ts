import { type SqlSession, type SqlStatements, sqlSession } from "../sql/engine/session.ts";
import type { Connection } from "./connection.ts";
import { isLostConnection } from "./errors.ts";
import { type RetryRule, type RetryTiming, retrying } from "./retry.ts";

/** How often a lost connection is replaced. After a restart of the database several idle connections may be lost. */
export const CONNECTING: RetryRule = Object.freeze<RetryRule>({ attempts: 3, again: isLostConnection });

/** The most attempts of a transaction that conflicts with others. */
const ATTEMPTS = 12;

/** A transaction conflicted with another; `cause` is the error of PostgreSQL. */
class Conflict extends Error {
  override readonly name: string = "Conflict";
}

/** What is needed to run transactions. */
export interface TransactionContext {
  readonly statements: SqlStatements;
  readonly timing: RetryTiming;
  /** Runs `use` with a connection. */
  readonly connected: <T>(use: (connection: Connection) => Promise<T>) => Promise<T>;
}

/** A kind of transaction. */
export interface TransactionKind {
  /** The statement, or statements, that begin the attempt of this number, from 1. */
  readonly begin: (attempt: number) => string;
  /** Whether an error shows a conflict with others, after which another attempt can succeed. */
  readonly isConflict: (error: unknown, attempt: number) => boolean;
}

/** Runs `body` in a transaction, and runs it again after a conflict with others. */
export function inTransaction<T>(
  context: TransactionContext,
  kind: TransactionKind,
  body: (sql: SqlSession) => Promise<T>,
): Promise<T> {
  const rule = { attempts: ATTEMPTS, again: (error: unknown) => error instanceof Conflict };
  return retrying(rule, context.timing, (attempt) =>
    begun(context, kind.begin(attempt), (connection) =>
      committing(connection, {
        statements: context.statements,
        body,
        isConflict: (error) => kind.isConflict(error, attempt),
      }),
    ),
  ).catch((error: unknown) => {
    throw error instanceof Conflict ? error.cause : error;
  });
}

/** Until a transaction has begun, a lost connection can be replaced by another. */
function begun<T>(
  { connected, timing }: TransactionContext,
  begin: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  let hasBegun = false;
  const rule = { ...CONNECTING, again: (error: unknown) => !hasBegun && isLostConnection(error) };
  return retrying(rule, timing, () =>
    connected(async (connection) => {
      await connection.query(begin).catch(async (error: unknown) => {
        await connection.rollback();
        throw error;
      });
      hasBegun = true;
      return work(connection);
    }),
  );
}

interface Attempt<T> {
  readonly statements: SqlStatements;
  readonly body: (sql: SqlSession) => Promise<T>;
  readonly isConflict: (error: unknown) => boolean;
}

/** Runs `body` in the transaction that the connection is in, and ends it. @throws {Conflict} */
async function committing<T>(connection: Connection, attempt: Attempt<T>): Promise<T> {
  const { statements, body, isConflict } = attempt;
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
    const result = await body({ ...sqlSession(statements, run), connection: connection.client });
    // Also if `body` caught it: data that were read before a conflict may be outdated.
    if (conflict !== undefined) throw conflict;
    await connection.commit();
    return result;
  } catch (error) {
    await connection.rollback();
    if (conflict === undefined && isConflict(error)) conflict = error;
    throw conflict === undefined ? error : new Conflict("The transaction conflicted with another", { cause: conflict });
  }
}
