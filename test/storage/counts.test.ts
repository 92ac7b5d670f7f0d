import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { expect, it } from "vitest";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { upTo, userOf } from "../../src/testing/storage/contract-data.ts";
import { freshDatabase, query } from "../helpers/postgres/database.ts";

const users = { tenant: "t", type: "User" };
const others = { tenant: "other", type: "User" };

async function totalOf({ resources }: Storage, partition = users): Promise<number | undefined> {
  return (await resources.list(partition, { take: 0, count: true })).total;
}

it("counts in SQLite what is removed by others", async () => {
  const directory = await mkdtemp(join(tmpdir(), "scimkit-counts-"));
  const file = join(directory, "scim.db");
  const storage = sqliteStorage(file);
  for (const n of upTo(5)) await storage.resources.insert(users, userOf(`a${n}`));
  await storage.resources.insert(others, userOf("b"));
  expect(await totalOf(storage)).toBe(5);
  const database = new DatabaseSync(file);
  database.exec("DELETE FROM scimkit_resources WHERE id IN ('u-a1', 'u-a2')");
  database.close();
  expect([await totalOf(storage), await totalOf(storage, others)]).toEqual([3, 1]);
  await storage.close();
  await rm(directory, { recursive: true });
});

it("counts in PostgreSQL what is removed by others", async () => {
  const url = await freshDatabase();
  const storage = postgresStorage(url);
  for (const n of upTo(5)) await storage.resources.insert(users, userOf(`a${n}`));
  await storage.resources.insert(others, userOf("b"));
  expect(await totalOf(storage)).toBe(5);
  await query(url, "DELETE FROM scimkit_resources WHERE id IN ('u-a1', 'u-a2')");
  expect([await totalOf(storage), await totalOf(storage, others)]).toEqual([3, 1]);
  await storage.close();
});

it("counts in PostgreSQL without one writer waiting for another, be they in transactions that are still open", async () => {
  const url = await freshDatabase();
  const storage = postgresStorage(url);
  await storage.migrate();
  const clients = await Promise.all(
    upTo(2).map(async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query("BEGIN");
      return client;
    }),
  );
  for (const [n, client] of clients.entries()) {
    await storage.within(client).resources.insert(users, userOf(`open${n}`));
    expect(await totalOf(storage.within(client))).toBe(1);
  }
  await storage.resources.insert(users, userOf("alone"));
  expect(await totalOf(storage)).toBe(1);
  await clients[0]?.query("COMMIT");
  await clients[1]?.query("ROLLBACK");
  expect(await totalOf(storage)).toBe(2);
  for (const client of clients) await client.end();
  await storage.close();
});

it("makes few rows of the many that PostgreSQL counts by, while writers and transactions go on", async () => {
  const url = await freshDatabase();
  const storage = postgresStorage(url);
  const write = async (n: number) => {
    if (n % 3 === 0) await storage.transaction(({ resources }) => resources.insert(users, userOf(`many${n}`)));
    else await storage.resources.insert(users, userOf(`many${n}`));
    if (n % 5 === 0) await storage.resources.remove(users, `u-many${n}`);
  };
  for (let start = 0; start < 600; start += 10) await Promise.all(upTo(10).map((n) => write(start + n)));
  expect(await totalOf(storage)).toBe(480);
  await storage.close();
  const [row] = await query(url, "SELECT count(*)::int AS rows, sum(resources)::int AS total FROM scimkit_counts");
  expect(row).toEqual({ rows: expect.any(Number), total: 480 });
  // 720 changes were counted, and made one each time that 200 writes were done.
  expect(row?.rows).toBeLessThan(300);
});
