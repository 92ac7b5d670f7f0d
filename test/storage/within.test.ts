import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CamelCasePlugin, Kysely, PostgresDialect, sql } from "kysely";
import { Client, Pool } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { arrayDirectory } from "../../src/directory/array-directory.ts";
import { createProvider } from "../../src/provider/create-provider.ts";
import { createProvisioning } from "../../src/provider/create-provisioning.ts";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { groupOf, memberChange, membersOf, upTo, userOf, userRefs } from "../../src/testing/storage/contract-data.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";
import { storedMarks } from "../helpers/provider-records.ts";
import { createRemoteApp } from "../helpers/remote-app.ts";

/** An application with a database of its own, in which a storage has its tables too. */
interface Application {
  readonly storage: Storage;
  /** Names in the application's own table, as another connection sees it. */
  names(): Promise<string[]>;
  /** Runs `work` in a transaction of the application's own, on a connection of the application's own. */
  transaction(work: (tx: Storage, insert: (name: string) => Promise<unknown>) => Promise<void>): Promise<void>;
  /** What `within` makes of a connection that is in no transaction. */
  outside(): Promise<unknown>;
  close(): Promise<unknown>;
}

const TABLE = "CREATE TABLE people (name text)";
const INSERT = "INSERT INTO people VALUES";
let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-within-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function onSqlite(): Promise<Application> {
  const file = join(directory, `${crypto.randomUUID()}.db`);
  const storage = sqliteStorage(file);
  await storage.migrate();
  const [database, other] = [new DatabaseSync(file), new DatabaseSync(file)];
  database.exec(TABLE);
  return {
    storage,
    names: async () =>
      other
        .prepare("SELECT name FROM people ORDER BY name")
        .all()
        .map((row) => String(row.name)),
    transaction: async (work) => {
      database.exec("BEGIN IMMEDIATE");
      try {
        await work(storage.within(database), async (name) => database.prepare(`${INSERT} (?)`).run(name));
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    outside: async () => storage.within(database).resources.insert(users, userOf("outside")),
    close: async () => {
      await storage.close();
      database.close();
      other.close();
    },
  };
}

async function onPostgres(): Promise<Application & { readonly url: string; readonly pool: Pool }> {
  const url = await freshDatabase();
  const pool = new Pool({ connectionString: url, max: 3 });
  await pool.query(TABLE);
  const storage = postgresStorage({ pool, schema: "scim" });
  await storage.migrate();
  return {
    url,
    pool,
    storage,
    names: async () => (await pool.query("SELECT name FROM people ORDER BY name")).rows.map((row) => row.name),
    transaction: async (work) => {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        await work(storage.within(client), (name) => client.query(`${INSERT} ($1)`, [name]));
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw error;
      } finally {
        client.release();
      }
    },
    outside: async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      const insert = storage.within(client).resources.insert(users, userOf("outside"));
      return insert.finally(() => client.end());
    },
    close: async () => {
      await storage.close();
      await pool.end();
    },
  };
}

async function onKysely(): Promise<Application> {
  const application = await onPostgres();
  const { url } = application;
  const storage = postgresStorage({ connectionString: url, schema: "scim" });
  // Plugins of the application's would give columns other names.
  const db = new Kysely<Record<string, never>>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: 2 }) }),
    plugins: [new CamelCasePlugin()],
  });
  return {
    ...application,
    storage,
    transaction: (work) =>
      db
        .transaction()
        .execute((tx) => work(storage.within(tx), (name) => sql`${sql.raw(INSERT)} (${name})`.execute(tx))),
    outside: async () => storage.within(db as never).resources.insert(users, userOf("outside")),
    close: async () => {
      await storage.close();
      await db.destroy();
      await application.close();
    },
  };
}

const APPLICATIONS: Readonly<Record<string, () => Promise<Application>>> = {
  "a connection of node:sqlite": onSqlite,
  "a client of pg": onPostgres,
  "a transaction of Kysely": onKysely,
};

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };
const onPurpose = new RangeError("on purpose");

function provisioningOver(storage: Storage) {
  const people = arrayDirectory({ users: [], groups: [] });
  const provider = createProvider({ name: "app", client: createRemoteApp().client, directory: people, storage });
  return createProvisioning({ providers: [provider] });
}

describe.each(Object.keys(APPLICATIONS))("a storage within %s", (name) => {
  let application: Application;
  afterEach(() => application.close());
  const open = async () => {
    application = (await APPLICATIONS[name]?.()) as Application;
    return application;
  };

  it("commits what it writes, and the mark of a change, together with what the application writes", async () => {
    const { storage, transaction, names } = await open();
    const provisioning = provisioningOver(storage);
    await transaction(async (tx, insert) => {
      await insert("ada");
      await tx.resources.insert(users, userOf("ada"));
      await provisioning.notify({ type: "user.changed", id: "ada" }, { tx });
      expect((await tx.resources.find(users, "u-ada"))?.id).toBe("u-ada");
      expect(await storage.resources.find(users, "u-ada"), "not seen outside").toBeUndefined();
      expect(await storedMarks(storage)).toEqual([]);
      expect(await names()).toEqual([]);
    });
    expect((await storage.resources.find(users, "u-ada"))?.id).toBe("u-ada");
    expect(await storedMarks(storage)).toEqual(["User/ada"]);
    expect(await names()).toEqual(["ada"]);
  });

  it("leaves nothing where the application's transaction is rolled back", async () => {
    const { storage, transaction, names } = await open();
    const provisioning = provisioningOver(storage);
    const work = transaction(async (tx, insert) => {
      await insert("ada");
      await tx.transaction((inner) => inner.resources.insert(users, userOf("ada")));
      await provisioning.notify({ type: "user.deleted", id: "ada" }, { tx });
      throw onPurpose;
    });
    await expect(work).rejects.toBe(onPurpose);
    expect(await storage.resources.list(users, { take: 9 })).toEqual({ resources: [] });
    expect(await storedMarks(storage)).toEqual([]);
    expect(await names()).toEqual([]);
  });

  it("undoes an operation or a transaction that fails, and nothing else", async () => {
    const { storage, transaction, names } = await open();
    await transaction(async (tx, insert) => {
      await tx.resources.insert(users, userOf("ada"));
      await insert("ada");
      const again = tx.resources.insert(users, userOf("ada", { id: "u-2" }));
      await expect(again).rejects.toMatchObject({ name: "UniquenessError" });
      const inner = tx.transaction(async (own) => {
        await own.resources.insert(users, userOf("bob"));
        await expect(own.transaction(async () => undefined)).rejects.toThrow(TypeError);
        throw onPurpose;
      });
      await expect(inner).rejects.toBe(onPurpose);
      await tx.resources.insert(groups, groupOf("g"));
      await Promise.all(
        upTo(5).map((n) => membersOf(tx.resources).change(groups, "g-g", memberChange({ add: userRefs(`u-${n}`) }))),
      );
      await insert("bob");
    });
    expect((await storage.resources.list(users, { take: 9 })).resources.map((user) => user.id)).toEqual(["u-ada"]);
    expect((await membersOf(storage.resources).page(groups, "g-g", { take: 9 })).members.length).toBe(5);
    expect(await names()).toEqual(["ada", "bob"]);
  });

  it("refuses what only the whole storage does, and a connection that is in no transaction", async () => {
    const { storage, transaction, outside } = await open();
    await transaction(async (tx) => {
      await expect(tx.migrate()).rejects.toThrow(TypeError);
      await expect(tx.close()).rejects.toThrow(TypeError);
    });
    await expect(outside()).rejects.toThrow(TypeError);
    expect(await storage.resources.find(users, "u-outside")).toBeUndefined();
  });
});

it("says of a value that is not a connection to SQLite that it needs one", async () => {
  const storage = sqliteStorage(":memory:");
  expect(() => storage.within({} as DatabaseSync)).toThrow(/^within: .*DatabaseSync/);
  await storage.close();
});
