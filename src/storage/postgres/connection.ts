import type { CompiledQuery } from "kysely";
import { AbortedTransaction, ConnectionFault, isLostConnection, sqlState } from "./errors.ts";
import type { PostgresClient, PostgresPool, PostgresQuery } from "./pool.ts";

/** The most statements with a name. Filters can have any form, so further statements have none. */
const MAX_NAMES = 200;
/** PostgreSQL's types bool, int8, int4 and float8; everything else is read as text. */
const PARSERS: Readonly<Record<number, (value: string) => unknown>> = {
  16: (value) => value === "t",
  20: Number,
  23: Number,
  701: Number,
};

/** Not those of pg, which an application may have changed for the whole process. */
const TYPES: PostgresQuery["types"] = Object.freeze({
  getTypeParser: (oid: number) => PARSERS[oid] ?? ((value: string) => value),
});

/** Gives each statement a name, under which PostgreSQL keeps it prepared. */
export type StatementNames = (text: string) => string | undefined;

/** A connection that nobody else uses. */
export interface Connection {
  readonly client: PostgresClient;
  /** Runs a statement, or several without parameters, of which the last one has the rows. @throws {ConnectionFault} unless the error is of PostgreSQL itself, which is thrown unchanged */
  query(text: string, parameters?: readonly unknown[]): Promise<readonly unknown[]>;
  /** The same for a query of Kysely's. */
  run<Row>(query: CompiledQuery<Row>): Promise<Row[]>;
  /**
   * Commits a transaction.
   *
   * @throws {AbortedTransaction} when PostgreSQL rolled it back instead
   * @throws {ConnectionFault} that is `committing` when it is unknown whether it was committed
   */
  commit(): Promise<void>;
  /** Rolls a transaction back. A connection on which that fails is not used again. */
  rollback(): Promise<void>;
}

/** Returns names that no other storage in the process uses, since it may share the pool. */
export function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  const own = crypto.randomUUID().slice(0, 8);
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_NAMES) return known;
    const name = `scimkit_${own}_${names.size}`;
    names.set(text, name);
    return name;
  };
}

/** Runs `use` with a connection of the pool. A connection that had a fault is destroyed. */
export async function withConnection<T>(
  pool: PostgresPool,
  nameOf: StatementNames,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw sqlState(error) === undefined ? new ConnectionFault("connecting", error) : error;
  });
  let broken = false;
  const onFault = (): void => {
    broken = true;
  };
  // A connection that is lost while it is used emits an error too, which would end the process without a listener.
  client.on("error", onFault);
  try {
    return await use(connectionOver(client, nameOf, onFault));
  } finally {
    client.off("error", onFault);
    client.release(broken);
  }
}

/** The connection of a client; `onFault` is called when the connection can no longer be used. */
export function connectionOver(client: PostgresClient, nameOf: StatementNames, onFault: () => void): Connection {
  const send = async (text: string, parameters: readonly unknown[], name?: string) => {
    try {
      const result = await client.query({ name, text, values: [...parameters], types: TYPES });
      return Array.isArray(result) ? result.at(-1) : result;
    } catch (error) {
      if (isLostConnection(error) || sqlState(error) === undefined) onFault();
      throw sqlState(error) === undefined ? new ConnectionFault("working", error) : error;
    }
  };
  return {
    client,
    query: async (text, parameters = []) => (await send(text, parameters)).rows,
    run: async <Row>({ sql, parameters }: CompiledQuery<Row>) =>
      (await send(sql, parameters, parameters.length === 0 ? undefined : nameOf(sql))).rows as Row[],
    commit: async () => {
      const { command } = await send("COMMIT", []).catch((error: unknown) => {
        throw isLostConnection(error) ? new ConnectionFault("committing", error) : error;
      });
      if (command !== "COMMIT") throw new AbortedTransaction("The transaction was rolled back");
    },
    rollback: async () => {
      await send("ROLLBACK", []).catch(onFault);
    },
  };
}
