import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { userOf } from "../../src/testing/storage/contract-data.ts";
import { freshDatabase, query } from "../helpers/postgres/database.ts";

const users = { tenant: "t", type: "User" };

/** The tables of before, of which the number of migrations tells the layout. */
const FORMER = `
  CREATE TABLE scimkit_meta (name text NOT NULL PRIMARY KEY, value text NOT NULL);
  INSERT INTO scimkit_meta VALUES ('migrations', '5'), ('search', '1'), ('indexed', '[]');
  CREATE TABLE scimkit_state (
    collection text NOT NULL, key text NOT NULL, value text NOT NULL, version text NOT NULL, due_at real,
    UNIQUE (collection, key));
  INSERT INTO scimkit_state VALUES ('links:slack', 'u-1', '{}', 'v', NULL)`;

interface Database {
  open(): Storage;
  execute(sql: string): Promise<unknown>;
}

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-layout-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const DATABASES: Readonly<Record<string, () => Promise<Database>>> = {
  SQLite: async () => {
    const file = join(directory, `${crypto.randomUUID()}.db`);
    const execute = async (sql: string) => {
      const database = new DatabaseSync(file);
      database.exec(sql);
      database.close();
    };
    return { open: () => sqliteStorage(file), execute };
  },
  PostgreSQL: async () => {
    const url = await freshDatabase();
    return { open: () => postgresStorage(url), execute: (sql) => query(url, sql) };
  },
};

describe.each(Object.entries(DATABASES))("the tables of the %s storage", (_name, create) => {
  it("are refused with one sentence, and left alone, where they have the layout of before", async () => {
    const { open, execute } = await create();
    await execute(FORMER);
    const storage = open();
    const refusal = {
      name: "UnavailableError",
      message:
        "The database's tables were made by an older version that this one cannot read: use a new database or another tablePrefix",
    };
    await expect(storage.migrate()).rejects.toMatchObject(refusal);
    await expect(storage.resources.find(users, "u-ada")).rejects.toMatchObject(refusal);
    await expect(storage.state.put("c", "k", {}, { expected: null })).rejects.toMatchObject(refusal);
    await execute("DROP TABLE scimkit_state");
    await execute("DROP TABLE scimkit_meta");
    await storage.close();
    const fresh = open();
    await fresh.resources.insert(users, userOf("ada"));
    expect((await fresh.resources.find(users, "u-ada"))?.id).toBe("u-ada");
    await fresh.close();
  });
});
