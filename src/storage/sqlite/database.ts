import { CompiledQuery } from "kysely";
import { UnavailableError } from "../../errors/request-errors.ts";
import { FairQueue, type Turn } from "../../timing/fair-queue.ts";
import { once } from "../../timing/once.ts";
import { createPacer } from "../../timing/pacer.ts";
import { type SqlSession, type SqlStatements, sqlSession } from "../sql/engine/session.ts";
import { areMigrated, migrateTables } from "../sql/migrations/migrate.ts";
import type { SqlDatabase } from "../sql/sql-storage.ts";
import { inTransaction, openConnection, retryWhileBusy } from "./connection.ts";
import { translateSqliteError } from "./errors.ts";
import type { NodeDatabase } from "./node-database.ts";

/** The place of a database and how it is used. */
export interface SqliteDatabaseOptions {
  readonly file: string;
  readonly busyTimeoutMs: number;
  /** The most operations of one tenant that wait. */
  readonly maxWaiting: number;
  readonly statements: SqlStatements;
}

interface Connections {
  readonly writer: NodeDatabase;
  /** A second connection, which sees committed data while the writer works; a database in memory has none. */
  readonly reader: NodeDatabase | undefined;
}

/**
 * Opens on first use. There is one writer at a time. Reads have their own connection; in memory they wait for the
 * writer. Errors of SQLite are translated.
 *
 * Statements block the process. So tenants take turns, with each write and with each statement of a read, and the rest of
 * the process gets its turn between them.
 */
export function sqliteDatabase(options: SqliteDatabaseOptions): SqlDatabase {
  const { file, busyTimeoutMs } = options;
  const { writers, readers } = createQueues(options);
  const reading = new Set<Promise<unknown>>();
  let opened: Connections | undefined;
  let closed = false;

  const connect = once(async () => {
    opened = await openConnections(options);
    return opened;
  });
  const guarded = async <T>(body: () => Promise<T>): Promise<T> => {
    if (closed) throw new TypeError("The storage is closed");
    try {
      return await body();
    } catch (error) {
      throw translateSqliteError(error, file);
    }
  };
  const writing = <T>(turn: Turn, work: (writer: NodeDatabase) => Promise<T>): Promise<T> =>
    guarded(() => writers.run(turn, async () => work((await connect()).writer)));
  const transaction: SqlDatabase["transaction"] = (turn, body) =>
    writing(turn, (writer) => inTransaction(writer, busyTimeoutMs, () => body(writer.sql)));
  const track = <T>(work: Promise<T>): Promise<T> => {
    const settled: Promise<unknown> = work.catch(() => undefined).finally(() => reading.delete(settled));
    reading.add(settled);
    return work;
  };
  const read = async <T>(turn: Turn, query: (sql: SqlSession) => Promise<T>): Promise<T> => {
    const { reader, writer } = await connect();
    const { sql } = reader ?? writer;
    const clock = createStopwatch();
    const run: SqlSession["run"] = (statement) =>
      retryWhileBusy(busyTimeoutMs, () => readers.run(turn, () => clock.measure(() => sql.run(statement))));
    return query({ ...sqlSession(options.statements, run), usedMs: clock.ms });
  };
  return {
    statements: options.statements,
    transaction,
    write: transaction,
    // SQLite runs a statement outside of a transaction in its own transaction.
    writeOne: (turn, operation) =>
      writing(turn, (writer) => retryWhileBusy(busyTimeoutMs, () => operation(writer.sql))),
    read: (turn, query) => guarded(() => track(read(turn, query))),
    open: () => guarded(async () => void (await track(connect()))),
    close: async () => {
      closed = true;
      await Promise.all(reading);
      await writers.idle();
      opened?.reader?.close();
      opened?.writer.close();
      opened = undefined;
    },
  };
}

/** Measures how long statements take. */
function createStopwatch(): { measure<T>(run: () => Promise<T>): Promise<T>; ms(): number } {
  let used = 0;
  return {
    measure: async (run) => {
      const begin = performance.now();
      try {
        return await run();
      } finally {
        used += performance.now() - begin;
      }
    },
    ms: () => used,
  };
}

/** In memory there is one connection for all. */
function createQueues({ file, maxWaiting }: SqliteDatabaseOptions): Readonly<Record<"writers" | "readers", FairQueue>> {
  const queue = (): FairQueue => new FairQueue({ concurrency: 1, maxWaiting, pause: createPacer() });
  const writers = queue();
  return { writers, readers: file === ":memory:" ? writers : queue() };
}

async function openConnections({ file, busyTimeoutMs, statements }: SqliteDatabaseOptions): Promise<Connections> {
  const open = (): Promise<NodeDatabase> => retryWhileBusy(busyTimeoutMs, () => openConnection(file, statements));
  const writer = await open();
  try {
    await checkEncoding(writer.sql);
    // If there is nothing to do, it works while another process has locked the file.
    if (!(await areMigrated(writer.sql))) {
      await inTransaction(writer, busyTimeoutMs, () => migrateTables(writer.sql));
    }
    return { writer, reader: file === ":memory:" ? undefined : await open() };
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** In UTF-16 SQLite would order texts by other bytes. */
async function checkEncoding(sql: SqlSession): Promise<void> {
  const [row] = await sql.run(CompiledQuery.raw("PRAGMA encoding") as CompiledQuery<{ encoding: string }>);
  if (row?.encoding !== "UTF-8") throw new UnavailableError("The database's text encoding must be UTF-8");
}
