import { throwIfDisconnected } from "../../../work/work.ts";
import type { SqlSession } from "./session.ts";

/** The same query, which does not begin if the signal is aborted: it may have waited for its turn. */
export function whileConnected<T>(
  query: (sql: SqlSession) => Promise<T>,
  signal: AbortSignal | undefined,
): (sql: SqlSession) => Promise<T> {
  return async (sql) => {
    throwIfDisconnected(signal);
    return query(sql);
  };
}
