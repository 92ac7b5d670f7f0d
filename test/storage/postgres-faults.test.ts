import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isScimError } from "../../src/errors/scim-error.ts";
import {
  type PostgresStorage,
  type PostgresStorageOptions,
  postgresStorage,
} from "../../src/storage/postgres/storage.ts";
import { userOf } from "../../src/testing/storage/contract-data.ts";
import { asUser, freshDatabase, ownServer, query, withDatabase } from "../helpers/postgres/database.ts";

const users = { tenant: "t", type: "User" };
let url = "";

beforeAll(async () => {
  url = await freshDatabase();
  await withStorage(url, (storage) => storage.resources.insert(users, userOf("ada")));
});

const opened: PostgresStorage[] = [];
afterAll(() => Promise.all(opened.map((storage) => storage.close())));

function open(options: string | PostgresStorageOptions): PostgresStorage {
  const storage = postgresStorage(options);
  opened.push(storage);
  return storage;
}

async function withStorage<T>(options: string | PostgresStorageOptions, use: (storage: PostgresStorage) => Promise<T>) {
  const storage = postgresStorage(options);
  try {
    return await use(storage);
  } finally {
    await storage.close();
  }
}

/** What goes wrong, after a look that it says nothing of passwords. */
async function fault(
  options: string | PostgresStorageOptions,
  use: (storage: PostgresStorage) => Promise<unknown> = (storage) => storage.resources.find(users, "u-ada"),
) {
  const error = await withStorage(options, (storage) =>
    use(storage).then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
  if (!isScimError(error)) return error;
  expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/horse|postgres:|127\.0/);
  expect(error.cause).toBeInstanceOf(Error);
  return error;
}

const unavailable = (message: string) => ({ status: 503, name: "UnavailableError", message });
const insert = (name: string) => (storage: PostgresStorage) => storage.resources.insert(users, userOf(name));

/** Runs `use` while another connection has a transaction open that began with `text`. */
async function whileOther<T>(text: string, use: () => Promise<T>): Promise<T> {
  const other = new Client({ connectionString: url });
  await other.connect();
  try {
    await other.query(`BEGIN; ${text}`);
    return await use();
  } finally {
    await other.end();
  }
}

describe("the PostgreSQL storage, where the database cannot be reached", () => {
  it("says so, and never that a resource is not there", async () => {
    const refused = new URL(url);
    refused.port = "1";
    expect(await fault(refused.href)).toMatchObject(unavailable("The database refuses connections"));
  });

  it("says which of user, password and database is wrong", async () => {
    await query(url, "CREATE DATABASE guarded").catch(() => undefined);
    const guarded = withDatabase(url, "guarded");
    expect(await fault(asUser(guarded, "postgres", "not-the-horse"))).toMatchObject(
      unavailable("The database refuses this user or password"),
    );
    expect(await fault(asUser(url, "nobody-of-this-name"))).toMatchObject(
      unavailable("The database refuses this user"),
    );
    expect(await fault(withDatabase(url, "no_such"))).toMatchObject(unavailable("The database does not exist"));
    expect(await fault(guarded)).toBeUndefined();
  });

  it("says that there are too many connections, to the database or to the pool", async () => {
    await query(url, "CREATE ROLE few LOGIN SUPERUSER CONNECTION LIMIT 1").catch(() => undefined);
    await query(url, "ALTER ROLE few NOSUPERUSER");
    const few = asUser(url, "few");
    const holder = new Client({ connectionString: few });
    await holder.connect();
    expect(await fault(few)).toMatchObject(unavailable("The database takes no more connections"));
    await holder.end();
    const pool = { max: 1, connectionTimeoutMillis: 2000 };
    const stuck = withStorage({ connectionString: url, pool }, (storage) =>
      storage.transaction(() => storage.resources.find(users, "u-ada")),
    );
    await expect(stuck).rejects.toMatchObject(unavailable("No connection became free in time"));
  });

  it("says what to install where the package pg is missing", () => {
    const script = join(import.meta.dirname, "fixtures", "without-pg.ts");
    const said = execFileSync(process.execPath, ["--no-warnings", "--experimental-strip-types", script]);
    expect(String(said)).toBe("TypeError: postgresStorage needs the package pg: npm install pg");
  });

  it("rejects a value that is not an address without showing it", () => {
    for (const connectionString of ["horse", "http://a:horse@b/c", ""]) {
      expect(() => postgresStorage({ connectionString })).toThrow("connectionString: must be a URL such as");
      expect(() => postgresStorage({ connectionString })).not.toThrow("horse@");
    }
    expect(() => postgresStorage({})).toThrow("connectionString or pool is needed");
    expect(() => postgresStorage({ connectionString: url, pool: { connect: async () => 1 } })).toThrow("exclude");
    expect(() => postgresStorage({ connectionString: url, schema: 'a"b' })).toThrow("schema: must be of a-z");
  });
});

describe("the PostgreSQL storage, where the database refuses to work", () => {
  it("reads as a user who may only read, and says that nothing can be written", async () => {
    await query(
      url,
      `CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
       CREATE ROLE replica LOGIN SUPERUSER; ALTER ROLE replica SET default_transaction_read_only = on`,
    );
    const find = (storage: PostgresStorage) => storage.resources.find(users, "u-ada");
    for (const [role, message] of [
      ["reader", "The database's user lacks a permission"],
      ["replica", "The database is read-only: a replica, or set to be"],
    ] as const) {
      const options = asUser(url, role);
      expect((await withStorage(options, find))?.id).toBe("u-ada");
      expect(await fault(options, insert("eve"))).toMatchObject(unavailable(message));
      expect(
        await fault(options, (storage) => storage.transaction((tx) => tx.resources.insert(users, userOf("eve")))),
      ).toMatchObject({
        status: 503,
      });
    }
  });

  it("says that a lock was waited for too long, or a statement ran too long", async () => {
    const held = "SELECT 1 FROM scimkit_resources FOR UPDATE";
    const replace = (storage: PostgresStorage) =>
      storage.resources.replace(users, userOf("ada", { version: "v2" }), "v1");
    await whileOther(held, async () => {
      const pool = { lock_timeout: 60 };
      expect(await fault({ connectionString: url, pool }, replace)).toMatchObject(
        unavailable("The database waited too long for a lock"),
      );
    });
    await whileOther(held, async () => {
      const pool = { statement_timeout: 2000 };
      expect(await fault({ connectionString: url, pool }, replace)).toMatchObject(
        unavailable("The database cancelled a statement, or it took too long"),
      );
    });
    expect((await withStorage(url, (storage) => storage.resources.find(users, "u-ada")))?.version).toBe("v1");
  });

  it("says that the disk is full, leaves nothing of that write and goes on", async () => {
    const storage = open(url);
    await query(
      url,
      `CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
       CREATE TRIGGER no_space BEFORE INSERT ON scimkit_unique_values FOR EACH ROW
         WHEN (NEW.resource_id = 'u-big') EXECUTE FUNCTION no_space()`,
    );
    const full = unavailable("The disk of the database is full");
    await expect(storage.resources.insert(users, userOf("big"))).rejects.toMatchObject(full);
    await storage.transaction(async (tx) => {
      await expect(tx.resources.insert(users, userOf("big"))).rejects.toMatchObject(full);
      await tx.resources.insert(users, userOf("small"));
    });
    expect(await storage.resources.find(users, "u-big")).toBeUndefined();
    expect((await storage.resources.find(users, "u-small"))?.id).toBe("u-small");
  });
});

describe("the PostgreSQL storage, where transactions or tables fail", () => {
  it("commits nothing of a transaction in which a read failed, even if that was caught", async () => {
    const storage = open({ connectionString: url, pool: { statement_timeout: 2000 } });
    await storage.migrate();
    await whileOther("LOCK TABLE scimkit_state", async () => {
      const work = storage.transaction(async (tx) => {
        await tx.resources.insert(users, userOf("lost"));
        await expect(tx.state.get("c", ["k"])).rejects.toMatchObject({ status: 503 });
        await expect(tx.resources.find(users, "u-lost")).rejects.toMatchObject({ status: 503 });
      });
      await expect(work).rejects.toMatchObject(unavailable("The database has aborted the transaction"));
    });
    expect(await storage.resources.find(users, "u-lost")).toBeUndefined();
  });

  it("gives up after a bounded number of conflicts, and says so", async () => {
    const [storage, other] = [open(url), open(url)];
    let runs = 0;
    const work = storage.transaction(async (tx) => {
      runs += 1;
      await tx.state.get("conflict", ["k"]);
      await other.state.put("conflict", "k", { runs }, { expected: undefined });
      await tx.state.put("conflict", "k", { lost: true }, { expected: undefined }).catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject(unavailable("Too many others write the same at once"));
    expect(runs).toBe(12);
    expect((await storage.state.get("conflict", ["k"])).get("k")?.value).toEqual({ runs: 12 });
  });

  it("refuses tables of a newer release and says when tables are missing", async () => {
    const another = await freshDatabase();
    const storage = open(another);
    await storage.migrate();
    await query(another, "DROP TABLE scimkit_state");
    await expect(storage.state.get("c", ["k"])).rejects.toMatchObject(unavailable("The storage's tables are missing"));
    await query(another, "UPDATE scimkit_meta SET value = '999' WHERE name = 'layout'");
    const newer = unavailable("The database's tables were made by a newer release than this one");
    const error = await withStorage(another, (fresh) => fresh.migrate().catch((thrown: unknown) => thrown));
    expect(error).toMatchObject(newer);
    await expect(open(another).resources.find(users, "x")).rejects.toMatchObject(newer);
  });
});

/** Ends every connection of the storage's database but the one that says so, as an administrator would. */
const endOthers = (database: string) =>
  query(
    database,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );

describe("the PostgreSQL storage, where connections are lost", () => {
  it("goes on with new ones where nothing was begun: the next read and the next write succeed", async () => {
    const database = await freshDatabase();
    const storage = open(database);
    await storage.resources.insert(users, userOf("ada"));
    await Promise.all([1, 2, 3].map(() => storage.resources.list(users, { take: 1 })));
    await endOthers(database);
    expect((await storage.resources.find(users, "u-ada"))?.id).toBe("u-ada");
    await endOthers(database);
    await storage.resources.insert(users, userOf("bob"));
    await endOthers(database);
    expect(await storage.transaction((tx) => tx.resources.remove(users, "u-bob"))).toBe(true);
  });

  it("fails a transaction that loses its connection, repeats nothing of it and leaves nothing", async () => {
    const database = await freshDatabase();
    const storage = open(database);
    let runs = 0;
    const work = storage.transaction(async (tx) => {
      runs += 1;
      await tx.resources.insert(users, userOf("ada"));
      await endOthers(database);
      await tx.resources.insert(users, userOf("bob"));
    });
    await expect(work).rejects.toMatchObject({ status: 503 });
    expect(runs).toBe(1);
    expect(await storage.resources.list(users, { take: 9 })).toEqual({ resources: [] });
  });

  it("says that the outcome of a write is unknown whose connection was lost while it was committed", async () => {
    const database = await freshDatabase();
    const storage = open(database);
    await storage.migrate();
    await query(
      database,
      `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER die AFTER INSERT ON scimkit_resources DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION die()`,
    );
    const unknown = unavailable("The connection to the database was lost: it is unknown whether the write took effect");
    await expect(storage.resources.insert(users, userOf("ada"))).rejects.toMatchObject(unknown);
    expect(await storage.resources.find(users, "u-ada")).toBeUndefined();
  });

  it("fails while the server is away, whether it was stopped or crashed, and works as soon as it is back", async () => {
    const server = await ownServer();
    try {
      const storage = open(server.url);
      await storage.resources.insert(users, userOf("ada"));
      for (const end of [server.stop, server.quit]) {
        await end();
        await expect(storage.resources.find(users, "u-ada")).rejects.toMatchObject({ status: 503 });
        await expect(storage.resources.remove(users, "u-ada")).rejects.toMatchObject({ status: 503 });
        await expect(storage.state.get("c", ["k"])).rejects.toMatchObject({ status: 503 });
        await server.start();
        expect((await storage.resources.find(users, "u-ada"))?.id).toBe("u-ada");
      }
      const interrupted = storage.transaction(async (tx) => {
        await tx.resources.remove(users, "u-ada");
        await server.quit();
      });
      await expect(interrupted).rejects.toMatchObject({ status: 503 });
      await server.start();
      expect((await storage.resources.find(users, "u-ada"))?.id).toBe("u-ada");
      await storage.close();
    } finally {
      await server.end();
    }
  });
});
