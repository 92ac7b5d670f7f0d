import { Pool } from "pg";
import { afterEach, describe, expect, it } from "vitest";
import {
  type PostgresStorageOptions,
  postgresStorage,
  postgresTableStatements,
} from "../../src/storage/postgres/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { groupOf, memberChange, membersOf, upTo, userOf, userRefs } from "../../src/testing/storage/contract-data.ts";
import { asUser, freshDatabase, query } from "../helpers/postgres/database.ts";

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };
const storages: Storage[] = [];
afterEach(() => Promise.all(storages.splice(0).map((storage) => storage.close())));

function open(options: PostgresStorageOptions): Storage {
  const storage = postgresStorage(options);
  storages.push(storage);
  return storage;
}

const tablesOf = async (url: string, schema: string) =>
  (await query(url, "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1", [schema])).map((row) =>
    String(row.tablename),
  );

describe("the PostgreSQL storage's tables", () => {
  it("are made by hand by one user, and used by another who may only read and write rows", async () => {
    const url = await freshDatabase();
    const place = { schema: "scim", tablePrefix: "s_" };
    for (const statement of postgresTableStatements(place)) await query(url, statement);
    const made = await tablesOf(url, "scim");
    await query(
      url,
      `CREATE ROLE clerk LOGIN; GRANT USAGE ON SCHEMA scim TO clerk;
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA scim TO clerk`,
    );
    const storage = open({ connectionString: asUser(url, "clerk"), ...place });
    await storage.migrate();
    await storage.resources.insert(users, userOf("ada"));
    await storage.resources.insert(groups, groupOf("g"));
    await membersOf(storage.resources).change(
      groups,
      "g-g",
      memberChange({ add: userRefs("u-ada"), unknown: "reject" }),
    );
    const count = (tx: Storage) => tx.state.get("c", ["n"]).then((found) => Number(found.get("n")?.value.n ?? 0));
    const countUp = () =>
      storage.transaction(async (tx) => {
        await tx.state.put("c", "n", { n: (await count(tx)) + 1 }, { expected: undefined });
      });
    await Promise.all(upTo(10).map(countUp));
    expect(await count(storage)).toBe(10);
    expect(await storage.resources.remove(users, "u-ada")).toBe(true);
    expect((await membersOf(storage.resources).page(groups, "g-g", { take: 9 })).members).toEqual([]);
    expect(await tablesOf(url, "scim")).toEqual(made);
    expect(made.every((name) => name.startsWith("s_"))).toBe(true);
  });

  it("are the same whether they are made by hand or by migrate", async () => {
    const url = await freshDatabase();
    await open({ connectionString: url, schema: "one" }).migrate();
    for (const statement of postgresTableStatements({ schema: "two" })) await query(url, statement);
    const described = (schema: string) =>
      query(
        url,
        `SELECT table_name, column_name, data_type, collation_name, is_nullable FROM information_schema.columns
           WHERE table_schema = $1 ORDER BY 1, 2`,
        [schema],
      );
    const columns = await described("one");
    expect(columns.length).toBeGreaterThan(30);
    expect(await described("two")).toEqual(columns);
    const texts = columns.filter((column) => column.data_type === "text");
    expect(texts.filter((column) => column.collation_name !== "C")).toEqual([]);
  });

  it("of another schema or prefix are another storage, beside the application's own tables and in its own pool", async () => {
    const url = await freshDatabase();
    const pool = new Pool({ connectionString: url });
    await pool.query('CREATE TABLE resources (id text); CREATE SCHEMA "user"');
    const places = [{}, { tablePrefix: "other_" }, { schema: "user" }, { schema: "made_here" }];
    for (const [n, place] of places.entries()) {
      await open({ pool, ...place }).resources.insert(users, userOf("ada", { version: `${n}` }));
    }
    for (const [n, place] of places.entries()) {
      expect((await open({ pool, ...place }).resources.find(users, "u-ada"))?.version).toBe(`${n}`);
    }
    expect((await tablesOf(url, "public")).includes("resources")).toBe(true);
    await Promise.all(storages.splice(0).map((storage) => storage.close()));
    expect((await pool.query("SELECT 1 AS n")).rows, "the pool is the application's to end").toEqual([{ n: 1 }]);
    await pool.end();
  });

  it("work without prepared statements, and with types that the application reads in its own way", async () => {
    const url = await freshDatabase();
    const types = { getTypeParser: () => () => "something else" };
    const storage = open({ connectionString: url, preparedStatements: false, pool: { types } });
    await storage.resources.insert(users, userOf("ada"));
    await storage.state.put("c", "k", { n: 1 }, { expected: null, dueAt: 1.5 });
    expect((await storage.resources.list(users, { take: 1, count: true })).total).toBe(1);
    expect((await storage.state.due("c", 2, 9))[0]?.dueAt).toBe(1.5);
  });

  it("looks again where the connection was lost while they were committed", async () => {
    const database = await freshDatabase();
    const first = postgresStorage(database);
    await first.migrate();
    await first.close();
    await query(
      database,
      `CREATE SEQUENCE deaths;
       CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF nextval('deaths') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON scimkit_meta DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION die()`,
    );
    const second = postgresStorage({ connectionString: database, indexed: ["title"] });
    await second.migrate();
    await second.close();
    const [note] = await query(database, "SELECT value FROM scimkit_meta WHERE name = 'indexed'");
    expect(note?.value).toContain("title");
    expect(await query(database, "SELECT last_value FROM deaths")).not.toEqual([{ last_value: "1" }]);
  });
});
