import { Pool } from "pg";
import type { PostgresPool, PostgresPoolClient, PostgresQuery } from "../../../src/storage/postgres/pool.ts";

/** A statement as it was sent, and how many rows came back. */
export interface Recorded {
  readonly text: string;
  readonly values: readonly unknown[];
  rows: number;
}

/** A pool that remembers what is sent through it. */
export interface RecordingPool extends PostgresPool {
  /** What was sent since the last call, without BEGIN, COMMIT and the like. */
  take(): Recorded[];
  /** How PostgreSQL goes about a statement. */
  plan(statement: Recorded): Promise<string>;
  query(text: string): Promise<unknown>;
}

/** A pool over a database, with a log. */
export function createRecordingPool(connectionString: string): RecordingPool {
  const pool = new Pool({ connectionString });
  let log: Recorded[] = [];
  const record = (client: PostgresPoolClient): PostgresPoolClient => ({
    query: async (query: PostgresQuery) => {
      const entry = { text: query.text, values: query.values, rows: 0 };
      if (/^\s*(select|with|insert|update|delete)/i.test(query.text)) log.push(entry);
      const result = await client.query(query);
      entry.rows = result.rows?.length ?? 0;
      return result;
    },
    release: (destroy) => client.release(destroy),
    on: (event, listener) => client.on(event, listener),
    off: (event, listener) => client.off(event, listener),
  });
  return {
    connect: async () => record(await pool.connect()),
    end: () => pool.end(),
    query: (text) => pool.query(text),
    take: () => {
      const taken = log;
      log = [];
      return taken;
    },
    plan: async ({ text, values }) => {
      const { rows } = await pool.query(`EXPLAIN ${text}`, [...values]);
      return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
    },
  };
}
