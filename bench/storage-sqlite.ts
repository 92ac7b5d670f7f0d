import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { sqlStatements } from "../src/storage/sql/engine/session.ts";
import { sqliteEngine } from "../src/storage/sqlite/engine.ts";
import type { Size } from "./storage-data.ts";
import { type BenchDatabase, checkDatabase, type EngineWords, type Progress, readThrough } from "./storage-database.ts";
import { batches, COLUMNS, type Table } from "./storage-rows.ts";

const STATEMENTS = sqlStatements(sqliteEngine, {
  tablePrefix: "scimkit_",
  indexed: [],
  unindexedFilters: "scan",
  statementTimeoutMs: 10_000,
});

const WORDS: EngineWords = {
  json: (value) => `jsonb(${value})`,
  hasExternalId: "r.attributes ->> '$.externalId' = ?",
  hasWorkEmail: `EXISTS (SELECT 1 FROM json_each(r.attributes, '$.emails') e
    WHERE e.value ->> '$.type' = 'work' AND lower(e.value ->> '$.value') = ?)`,
};

/** A file with so many users in a folder, made there if there is none, and a second connection to it for the bare statements. */
export async function openSqlite(folder: string, size: Size, progress: Progress): Promise<BenchDatabase> {
  const file = join(folder, `sqlite-${size.users}.db`);
  if (!existsSync(file)) await build(file, size, progress);
  const storage = sqliteStorage(file);
  await storage.migrate();
  await readThrough(file);
  const database = new DatabaseSync(file);
  database.exec("PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  return {
    engine: "SQLite file",
    size,
    storage,
    bare: (text) => {
      const statement = database.prepare(text);
      return (...values) => statement.all(...(values as SQLInputValue[])) as Record<string, unknown>[];
    },
    statements: STATEMENTS,
    words: WORDS,
    close: async () => {
      database.close();
      await storage.close();
    },
  };
}

/** Under another name until it is whole. */
async function build(file: string, size: Size, progress: Progress): Promise<void> {
  const unfinished = `${file}.unfinished`;
  for (const end of ["", "-wal", "-shm"]) rmSync(unfinished + end, { force: true });
  const empty = sqliteStorage(unfinished);
  await empty.migrate();
  await empty.close();
  fill(unfinished, size, progress);
  const filled = sqliteStorage(unfinished);
  await checkDatabase(filled, size);
  await filled.close();
  renameSync(unfinished, file);
}

/** Nothing of it need survive a loss of power: it would be made again. */
function fill(file: string, size: Size, progress: Progress): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1500000");
  const inserts = Object.entries(COLUMNS).map(([table, columns]) => {
    const values = columns.map((column) => (column === "search" ? WORDS.json("?") : "?"));
    const text = `INSERT INTO scimkit_${table} (${columns.join(", ")}) VALUES (${values.join(", ")})`;
    return [table as Table, database.prepare(text)] as const;
  });
  for (const batch of batches(STATEMENTS, size)) {
    database.exec("BEGIN");
    for (const [table, insert] of inserts) for (const row of batch[table]) insert.run(...row);
    database.exec("COMMIT");
    progress(batch.resources.length);
  }
  database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}
