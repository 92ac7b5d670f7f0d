import type { PostgresPool } from "./pool.ts";

/** How long to wait for a connection by default: pg itself would wait forever. */
const CONNECTION_TIMEOUT_MS = 10_000;

/** A pool that is opened when it is first needed. */
export interface PoolHolder {
  /** @throws {TypeError} if the package `pg` is not installed */
  open(): Promise<PostgresPool>;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/** A pool of pg with these settings, which only this storage uses. */
export function createPoolHolder(settings: Readonly<Record<string, unknown>>): PoolHolder {
  let pool: Promise<PostgresPool> | undefined;
  return {
    open: () => {
      pool ??= makePool(settings);
      return pool;
    },
    close: async () => {
      const opened = await pool?.catch(() => undefined);
      pool = undefined;
      await opened?.end();
    },
  };
}

async function makePool(settings: Readonly<Record<string, unknown>>): Promise<PostgresPool> {
  const { Pool } = await importPg();
  const pool = new Pool({ connectionTimeoutMillis: CONNECTION_TIMEOUT_MS, ...settings });
  // The pool removes an idle connection that is lost, and emits an error, which would end the process without a
  // listener.
  pool.on("error", () => undefined);
  return pool;
}

async function importPg(): Promise<Pick<typeof import("pg"), "Pool">> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new TypeError("postgresStorage needs the package pg: npm install pg", { cause });
  }
}
