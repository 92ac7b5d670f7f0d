import type { CompiledQuery } from "kysely";
import { AbortedTransaction, ConnectionFault, isLostConnection, sqlState } from "./errors.ts";
import type { PostgresClient, PostgresPool, PostgresQuery } from "./pool.ts";

/** Statements whose names are remembered; filters of any shape make ever new ones, which then go without. */
const MAX_NAMES = 200;
/** PostgreSQL's types bool, int8, int4 and float8; whatever else we read is text. */
const PARSERS: Readonly<Record<number, (value: string) => unknown>> = {
  16: (value) => value === "t",
  20: Number,
  23: Number,
  701: Number,
};

/** Our own, since an application may have changed those of pg for the whole process. */
const TYPES: PostgresQuery["types"] = Object.freeze({
  getTypeParser: (oid: number) => PARSERS[oid] ?? ((value: string) => value),
});

/** Gives each statement a name, under which PostgreSQL keeps it prepared. */
export type StatementNames = (text: string) => string | undefined;

/** A connection while it is ours alone. */
export interface Connection {
  /** Runs a statement. @throws {ConnectionFault} for what is not PostgreSQL's own answer, which is thrown as it is */
  query(text: string, parameters?: readonly unknown[]): Promise<readonly unknown[]>;
  /** The same for a query of Kysely's. */
  run<Row>(query: CompiledQuery<Row>): Promise<Row[]>;
  /**
   * Ends a transaction well.
   *
   * @throws {AbortedTransaction} when PostgreSQL rolled it back instead
   * @throws {ConnectionFault} that is `committing` when nobody knows
   */
  commit(): Promise<void>;
  /** Ends a transaction for nothing; whatever comes of it, no other ever finds this transaction open. */
  rollback(): Promise<void>;
}

/** Names of statements that no other storage in the process gives, should it share the pool. */
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

/** Has a connection of the pool for the time that `use` takes. One that had a fault is not given back to be used again. */
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
  // A connection that is lost while it is in use says so to listeners too; without one that would end the process.
  client.on("error", onFault);
  try {
    return await use(connectionOver(client, nameOf, onFault));
  } finally {
    client.off("error", onFault);
    client.release(broken);
  }
}

/** The connection by way of a client; `onFault` hears when it can be used no more. */
export function connectionOver(client: PostgresClient, nameOf: StatementNames, onFault: () => void): Connection {
  const send = async (text: string, parameters: readonly unknown[], name?: string) => {
    try {
      const named = name === undefined ? {} : { name };
      return await client.query({ ...named, text, values: [...parameters], types: TYPES });
    } catch (error) {
      if (isLostConnection(error) || sqlState(error) === undefined) onFault();
      throw sqlState(error) === undefined ? new ConnectionFault("working", error) : error;
    }
  };
  return {
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
