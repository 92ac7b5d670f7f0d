import type { PostgresPool } from "./pool.ts";

/** How long to wait for a connection where the application says nothing else: pg by itself would wait for ever. */
const CONNECTION_TIMEOUT_MS = 10_000;

/** A pool that is opened when it is first needed. */
export interface PoolHolder {
  /** @throws {TypeError} where the package `pg` is not installed */
  open(): Promise<PostgresPool>;
  /** Gives back what was opened. */
  close(): Promise<void>;
}

/** Holds a pool of pg's that is ours alone, with these settings. */
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
  // A connection that is lost while it stands idle is taken out of the pool; without a listener that would end the process.
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
