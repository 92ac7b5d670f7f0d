import type { PostgresPool } from "./pool.ts";

/** How long to wait for a connection by default: pg itself would wait forever. */
const CONNECTION_TIMEOUT_MS = 10_000;
/** The default of pg's `max`. */
const POOL_SIZE = 10;

/** A pool that is opened when it is first needed. */
export interface PoolHolder {
  /** The most connections. */
  readonly size: number;
  /** How long an operation waits for a connection, in milliseconds; undefined: as long as it takes. */
  readonly maxWaitMs: number | undefined;
  /** @throws {TypeError} if the package `pg` is not installed */
  open(): Promise<PostgresPool>;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/** A pool of pg with these settings, which only this storage uses. */
export function createPoolHolder(settings: Readonly<Record<string, unknown>>): PoolHolder {
  let pool: Promise<PostgresPool> | undefined;
  const complete = { connectionTimeoutMillis: CONNECTION_TIMEOUT_MS, ...settings };
  return {
    ...boundsOf(complete),
    open: () => {
      pool ??= makePool(complete);
      return pool;
    },
    close: async () => {
      const opened = await pool?.catch(() => undefined);
      pool = undefined;
      await opened?.end();
    },
  };
}

/** The application's own pool, which is not closed with the storage. */
export function poolOfApplication(pool: PostgresPool): PoolHolder {
  return { ...boundsOf(pool.options ?? {}), open: async () => pool, close: async () => undefined };
}

/** What pg's settings say about waiting; 0 milliseconds mean: without a limit. */
function boundsOf(settings: {
  readonly max?: unknown;
  readonly connectionTimeoutMillis?: unknown;
}): Pick<PoolHolder, "size" | "maxWaitMs"> {
  return { size: positive(settings.max) ?? POOL_SIZE, maxWaitMs: positive(settings.connectionTimeoutMillis) };
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}

async function makePool(settings: Readonly<Record<string, unknown>>): Promise<PostgresPool> {
  const { Pool } = await importPg();
  const pool = new Pool(settings);
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
