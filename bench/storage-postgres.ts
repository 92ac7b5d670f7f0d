import { join } from "node:path";
import { Client } from "pg";
import { postgresStorage } from "scimkit/storage/postgres";
import { postgresEngine } from "../src/storage/postgres/engine.ts";
import { sqlStatements } from "../src/storage/sql/engine/session.ts";
import type { PostgresServer } from "./postgres-server.ts";
import type { Size } from "./storage-data.ts";
import { type BenchDatabase, checkDatabase, type EngineWords, type Progress, readThrough } from "./storage-database.ts";
import { batches, COLUMNS, type Rows, type Table } from "./storage-rows.ts";

const STATEMENTS = sqlStatements(postgresEngine, {
  tablePrefix: "scimkit_",
  indexed: [],
  unindexedFilters: "scan",
  statementTimeoutMs: 10_000,
});

const WORDS: EngineWords = {
  json: (value) => `${value}::jsonb`,
  hasExternalId: "r.attributes::json ->> 'externalId' = ?",
  hasWorkEmail: `EXISTS (SELECT 1 FROM json_array_elements(r.attributes::json -> 'emails') e
    WHERE e ->> 'type' = 'work' AND lower(e ->> 'value') = ?)`,
};

/** A database with so many users on the server, made there if there is none, and a connection for the bare statements. */
export async function openPostgres(server: PostgresServer, size: Size, progress: Progress): Promise<BenchDatabase> {
  const name = `users_${size.users}`;
  const admin = await connected(server.urlOf("postgres"));
  const { rowCount } = await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
  if (rowCount === 0) {
    await admin.query("DROP DATABASE IF EXISTS unfinished");
    await admin.query("CREATE DATABASE unfinished");
    await build(server.urlOf("unfinished"), size, progress);
    await admin.query(`ALTER DATABASE unfinished RENAME TO ${name}`);
  }
  await admin.end();
  const storage = postgresStorage(server.urlOf(name));
  await storage.migrate();
  const client = await connected(server.urlOf(name));
  const { rows } = await client.query("SELECT oid FROM pg_database WHERE datname = current_database()");
  await readThrough(join(server.data, "base", String(rows[0].oid)));
  let prepared = 0;
  return {
    engine: "PostgreSQL",
    size,
    storage,
    bare: (text) => {
      const [first = "", ...rest] = text.split("?");
      const numbered = first + rest.map((part, place) => `$${place + 1}${part}`).join("");
      prepared += 1;
      const statement = { name: `bare_${prepared}`, text: numbered };
      return async (...values) => (await client.query({ ...statement, values: [...values] })).rows;
    },
    statements: STATEMENTS,
    words: WORDS,
    close: async () => {
      await client.end();
      await storage.close();
    },
  };
}

async function connected(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}

/** Rows first, then indexes and references: a tenth of the time. */
async function build(url: string, size: Size, progress: Progress): Promise<void> {
  const storage = postgresStorage(url);
  await storage.migrate();
  const client = await connected(url);
  const { drop, make } = await constraintsAndIndexes(client);
  for (const statement of drop) await client.query(statement);
  for (const batch of batches(STATEMENTS, size)) {
    await client.query("BEGIN; SET LOCAL synchronous_commit = off");
    for (const table of Object.keys(COLUMNS) as Table[]) await insert(client, table, batch[table]);
    await client.query("COMMIT");
    progress(batch.resources.length);
  }
  await client.query("SET maintenance_work_mem = '512MB'");
  for (const statement of make) await client.query(statement);
  await checkDatabase(storage, size);
  // As autovacuum would have done by and by.
  await client.query("VACUUM ANALYZE");
  await client.query("CHECKPOINT");
  await client.end();
  await storage.close();
}

/** The statements that take them away, and those that make them again as they were. */
async function constraintsAndIndexes(client: Client): Promise<{ drop: string[]; make: string[] }> {
  const constraints = await client.query(
    `SELECT conrelid::regclass AS place, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
      FROM pg_constraint WHERE contype IN ('u', 'f') AND connamespace = 'public'::regnamespace
      ORDER BY contype DESC`,
  );
  const indexes = await client.query(
    `SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
      JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
  );
  const [added, dropped] = [["ADD", ({ definition }: Row) => definition] as const, ["DROP", () => ""] as const].map(
    ([verb, definition]) =>
      constraints.rows.map((row) => `ALTER TABLE ${row.place} ${verb} CONSTRAINT ${row.name} ${definition(row)}`),
  ) as [string[], string[]];
  return {
    // References go before what they refer to.
    drop: [...dropped.reverse(), ...indexes.rows.map(({ name }) => `DROP INDEX ${name}`)],
    make: [...added, ...indexes.rows.map(({ definition }) => definition)],
  };
}

interface Row {
  readonly definition: string;
}

async function insert(client: Client, table: Table, rows: Rows): Promise<void> {
  if (rows.length === 0) return;
  const columns = COLUMNS[table];
  const values = columns.map((column) => (column === "search" ? `"search"::jsonb` : column));
  const arrays = columns.map((_, place) => `$${place + 1}::text[]`);
  await client.query(
    `INSERT INTO scimkit_${table} (${columns.join(", ")})
      SELECT ${values.join(", ")} FROM unnest(${arrays.join(", ")}) AS given (${columns.join(", ")})`,
    columns.map((_, place) => rows.map((row) => row[place] ?? null)),
  );
}
