import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type DatabaseSyncOptions } from "node:sqlite";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { groupOf, memberChange, membersOf, userOf, userRefs } from "../../src/testing/storage/contract-data.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };
let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-connection-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function onSqlite(use: (storage: Storage, within: () => Storage, database: DatabaseSync) => Promise<void>) {
  return onSqliteWith({}, use);
}

async function onSqliteWith(
  options: DatabaseSyncOptions & { readonly readBigInts?: boolean; readonly returnArrays?: boolean },
  use: (storage: Storage, within: () => Storage, database: DatabaseSync) => Promise<void>,
) {
  const file = join(directory, `${crypto.randomUUID()}.db`);
  const storage = sqliteStorage(file);
  await storage.migrate();
  const database = new DatabaseSync(file, options);
  database.exec("BEGIN IMMEDIATE");
  await use(storage, () => storage.within(database), database);
  if (database.isTransaction) database.exec("COMMIT");
  database.close();
  await storage.close();
}

async function onPostgres(use: (storage: Storage, within: () => Storage) => Promise<void>) {
  const url = await freshDatabase();
  const storage = postgresStorage(url);
  await storage.migrate();
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("BEGIN");
  await use(storage, () => storage.within(client));
  await client.query("COMMIT");
  await client.end();
  await storage.close();
}

describe.each([
  ["node:sqlite", onSqlite],
  ["pg", onPostgres],
] as const)("storages made twice over one connection of %s", (_name, open) => {
  it("take turns, so that an operation that fails takes no other along", async () => {
    await open(async (_storage, within) => {
      await within().resources.insert(users, userOf("taken"));
      const [failed, ...others] = await Promise.allSettled([
        within().resources.insert(users, userOf("taken", { id: "u-second" })),
        within().resources.insert(users, userOf("bob")),
        within().state.put("c", "k", { here: true }, { expected: null }),
        within().transaction((tx) => tx.resources.insert(users, userOf("eve"))),
      ]);
      expect(failed).toMatchObject({ status: "rejected", reason: { name: "UniquenessError" } });
      expect(others.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
      const { resources } = await within().resources.list(users, { take: 9, order: "id" });
      expect(resources.map(({ id }) => id)).toEqual(["u-bob", "u-eve", "u-taken"]);
      expect((await within().state.get("c", ["k"])).get("k")?.value).toEqual({ here: true });
    });
  });
});

describe("a storage within a connection of node:sqlite", () => {
  it.each([{ readBigInts: true }, { returnArrays: true }])(
    "reads as ever where it was opened with %o",
    async (form) => {
      await onSqliteWith(form, async (_storage, within) => {
        const { resources, state } = within();
        await resources.insert(users, userOf("ada"));
        await resources.insert(groups, groupOf("g"));
        await membersOf(resources).change(groups, "g-g", memberChange({ add: userRefs("u-ada") }));
        expect(await membersOf(resources).groupsOf("t", ["u-ada"])).toMatchObject(
          new Map([["u-ada", [{ value: "g-g", type: "direct" }]]]),
        );
        expect((await resources.list(users, { take: 0, count: true })).total).toBe(1);
        await state.put("c", "k", {}, { expected: null, dueAt: 5 });
        expect(await state.due("c", 5, 9)).toMatchObject([{ key: "k", dueAt: 5 }]);
      });
    },
  );

  it("writes nothing once the transaction has ended, however it did", async () => {
    await onSqlite(async (storage, within, database) => {
      const tx = within();
      await tx.resources.insert(users, userOf("ada"));
      database.exec("ROLLBACK");
      await expect(tx.resources.insert(users, userOf("bob"))).rejects.toThrow("within: the connection is in no trans");
      expect(await storage.resources.list(users, { take: 9 })).toEqual({ resources: [] });
    });
  });
});
