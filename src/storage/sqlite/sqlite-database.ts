import { createSerialQueue } from "../serial-queue.ts";
import { inTransaction, openConnection, retryWhileBusy } from "./connection.ts";
import { migrateTables } from "./migrations.ts";
import type { Database, SqliteAccess } from "./sqlite-access.ts";
import { translateSqliteError } from "./sqlite-errors.ts";

/** A database file with its connections. */
export interface SqliteDatabaseFile extends SqliteAccess {
  /** Runs `body` in a transaction of its own on the writing connection. */
  transaction<T>(body: (db: Database) => Promise<T>): Promise<T>;
  /** Opens the file and brings its tables up to date, if that has not been done. */
  open(): Promise<void>;
  close(): Promise<void>;
}

interface Connections {
  readonly writer: Database;
  /** A second connection, which sees what is committed while the writer is at work; a database in memory has none. */
  readonly reader: Database | undefined;
}

/**
 * Opens on first use. One writer at a time; reads go through a connection of their own, or, in memory, wait their turn.
 * Whatever SQLite throws comes out translated.
 */
export function sqliteDatabaseFile(file: string, busyTimeoutMs: number): SqliteDatabaseFile {
  const queue = createSerialQueue();
  const reading = new Set<Promise<unknown>>();
  let connections: Promise<Connections> | undefined;
  let closed = false;

  /** A failure to open is not kept: the next call tries again. */
  const connect = (): Promise<Connections> => {
    if (connections === undefined) {
      connections = openConnections(file, busyTimeoutMs);
      connections.catch(() => {
        connections = undefined;
      });
    }
    return connections;
  };
  const guarded = async <T>(body: () => Promise<T>): Promise<T> => {
    if (closed) throw new TypeError("The storage is closed");
    try {
      return await body();
    } catch (error) {
      throw translateSqliteError(error);
    }
  };
  const transaction = <T>(body: (db: Database) => Promise<T>): Promise<T> =>
    guarded(() =>
      queue(async () => {
        const { writer } = await connect();
        return inTransaction(writer, busyTimeoutMs, () => body(writer));
      }),
    );
  const track = <T>(work: Promise<T>): Promise<T> => {
    const settled: Promise<unknown> = work.catch(() => undefined).finally(() => reading.delete(settled));
    reading.add(settled);
    return work;
  };
  const read = async <T>(query: (db: Database) => Promise<T>): Promise<T> => {
    const { reader, writer } = await connect();
    if (reader === undefined) return queue(() => query(writer));
    return retryWhileBusy(busyTimeoutMs, () => query(reader));
  };
  return {
    transaction,
    write: transaction,
    read: (query) => guarded(() => track(read(query))),
    open: () => guarded(async () => void (await track(connect()))),
    close: async () => {
      closed = true;
      await Promise.all(reading);
      await queue(async () => undefined);
      const opened = await connections?.catch(() => undefined);
      connections = undefined;
      await opened?.reader?.destroy();
      await opened?.writer.destroy();
    },
  };
}

async function openConnections(file: string, busyTimeoutMs: number): Promise<Connections> {
  const writer = await retryWhileBusy(busyTimeoutMs, () => openConnection(file));
  try {
    await inTransaction(writer, busyTimeoutMs, () => migrateTables(writer));
    const inMemory = file === ":memory:";
    return { writer, reader: inMemory ? undefined : await retryWhileBusy(busyTimeoutMs, () => openConnection(file)) };
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}
