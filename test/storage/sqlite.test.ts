import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, it } from "vitest";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Partition } from "../../src/storage/stored-resource.ts";
import { runContract } from "../../src/testing/contract/run-contract.ts";
import { storageContract } from "../../src/testing/storage/storage-contract.ts";

let directory = "";
let files = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-sqlite-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function newFile(): string {
  files += 1;
  return join(directory, `${files}.db`);
}

/** What stands in the file as another connection sees it. */
async function readBehind(_storage: unknown, { tenant, type }: Partition, id: string) {
  const database = new DatabaseSync(join(directory, `${files}.db`), { readOnly: true });
  const select = "SELECT attributes FROM scimkit_resources WHERE tenant = ? AND type = ? AND id = ?";
  const row = database.prepare(select).get(tenant, type, id);
  database.close();
  return row === undefined ? undefined : JSON.parse(String(row.attributes));
}

const inFile = storageContract({ create: async () => sqliteStorage(newFile()), readBehind });
runContract({ describe, it }, "storage: SQLite in a file", inFile);

const inMemory = storageContract({ create: async () => sqliteStorage(":memory:") });
runContract({ describe, it }, "storage: SQLite in memory", inMemory);
