import { migrationWords } from "../sql/migrations.ts";
import { type SqlSession, type SqlStatements, sqlSession } from "../sql/sql-session.ts";
import type { SqlDatabase } from "../sql/sql-storage.ts";
import { type Connection, type StatementNames, withConnection } from "./connection.ts";
import type { PoolHolder } from "./open-pool.ts";
import { isConflict, isLostConnection, translatePostgresError } from "./postgres-errors.ts";
import { migratePostgres } from "./postgres-migrations.ts";
import { type RetryTiming, retrying } from "./retry.ts";

/** What a database is reached with. */
export interface PostgresAccess {
  readonly statements: SqlStatements;
  readonly pool: PoolHolder;
  readonly nameOf: StatementNames;
  readonly timing: RetryTiming;
}

/** Connections that stood idle may all be lost after a restart; one attempt each is enough, since pg drops what is lost. */
const CONNECTING = { attempts: 3, again: isLostConnection } as const;
const CONFLICTING = { attempts: 12, again: isConflict } as const;

/** Nothing in it waits for its turn in this process: PostgreSQL sees to that by locks, and by ending one of two in conflict. */
export function postgresDatabase(access: PostgresAccess): SqlDatabase {
  const { statements, timing } = access;
  const { table } = migrationWords(statements);
  const working = new Set<Promise<unknown>>();
  let opened: Promise<void> | undefined;
  let closed = false;

  const connected = <T>(use: (connection: Connection) => Promise<T>): Promise<T> =>
    access.pool.open().then((pool) => withConnection(pool, access.nameOf, use));
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
  /** Runs `work` in a transaction; while none could be begun, a lost connection is no more than a reason to take another. */
  const begun = <T>(begin: string, work: (connection: Connection) => Promise<T>): Promise<T> => {
    let hasBegun = false;
    const rule = { ...CONNECTING, again: (error: unknown) => !hasBegun && isLostConnection(error) };
    return retrying(rule, timing, () =>
      connected(async (connection) => {
        await connection.query(begin);
        hasBegun = true;
        return work(connection);
      }),
    );
  };
  return {
    statements,
    read: (query) =>
      guarded(async () => {
        await open();
        return retrying(CONNECTING, timing, () =>
          connected((connection) => query(sqlSession(statements, connection.run))),
        );
      }),
    write: (operation) =>
      guarded(async () => {
        await open();
        return retrying(CONFLICTING, timing, () =>
          begun("BEGIN ISOLATION LEVEL READ COMMITTED", (connection) => committing(connection, statements, operation)),
        );
      }),
    transaction: (body) =>
      guarded(async () => {
        await open();
        return retrying(CONFLICTING, timing, (attempt) =>
          begun("BEGIN ISOLATION LEVEL SERIALIZABLE", async (connection) => {
            if (attempt > 1) await connection.query(`LOCK TABLE ${table("meta")} IN SHARE UPDATE EXCLUSIVE MODE`);
            return committing(connection, statements, body);
          }),
        );
      }),
    open: () => guarded(open),
    close: async () => {
      closed = true;
      await Promise.all(working);
      await access.pool.close();
    },
  };
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
