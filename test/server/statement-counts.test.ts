import { Pool } from "pg";
import { describe, expect, it } from "vitest";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";
import { createApp, createGroup, createUser, memberIds, patch } from "../helpers/scim-app.ts";
import { sqliteStatementsOf } from "../helpers/sqlite-statements.ts";

const USER = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ada" };
const add = (id: string) => patch({ op: "add", path: "members", value: [{ value: id }] });
const remove = (id: string) => patch({ op: "remove", path: `members[value eq "${id}"]` });

describe("a handler over SQLite", () => {
  it("takes at most 6 statements to add a member, and to remove one", async () => {
    const storage = sqliteStorage(":memory:");
    const app = createApp({ storage });
    const [group, user, inner] = [
      await createGroup(app, "g"),
      await createUser(app, "bob"),
      await createGroup(app, "h"),
    ];
    for (const member of [user, inner]) {
      for (const change of [add, remove]) {
        const statements = await sqliteStatementsOf(() => app.send("PATCH", `/Groups/${group}`, change(member)));
        expect(statements.length, statements.join("\n")).toBeLessThanOrEqual(6);
        expect(await memberIds(app, group)).toEqual(change === add ? [member] : []);
      }
    }
    await storage.close();
  });

  it("takes 5 statements to create a user, of which 3 insert rows", async () => {
    const storage = sqliteStorage(":memory:");
    await storage.migrate();
    const app = createApp({ storage });
    const statements = await sqliteStatementsOf(async () => {
      expect((await app.send("POST", "/Users", { ...USER, displayName: "Ada" })).status).toBe(201);
    });
    expect(statements.map((text) => text.match(/^\w+/)?.[0]?.toUpperCase())).toEqual([
      ...["BEGIN", "INSERT", "INSERT", "INSERT", "COMMIT"],
    ]);
    await storage.close();
  });
});

describe("a handler over PostgreSQL", () => {
  it("adds and removes a member in a transaction of six statements that is not SERIALIZABLE", async () => {
    const pool = new Pool({ connectionString: await freshDatabase() });
    const texts: string[] = [];
    const storage = postgresStorage({
      pool: {
        connect: async () => {
          const client = await pool.connect();
          const query = client.query.bind(client) as (query: { readonly text: string }) => Promise<never>;
          return {
            query: (statement) => {
              texts.push(statement.text);
              return query(statement);
            },
            release: (destroy) => client.release(destroy),
            on: (event, listener) => client.on(event, listener),
            off: (event, listener) => client.off(event, listener),
          };
        },
      },
    });
    const app = createApp({ storage });
    const [group, user] = [await createGroup(app, "g"), await createUser(app, "bob")];
    for (const change of [add, remove]) {
      texts.length = 0;
      expect((await app.send("PATCH", `/Groups/${group}`, change(user))).status).toBe(204);
      expect(texts.filter((text) => /SERIALIZABLE|SAVEPOINT/.test(text))).toEqual([]);
      expect([texts[0], texts.length, texts.at(-1)]).toEqual([
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 10000",
        6,
        "COMMIT",
      ]);
    }
    await storage.close();
    await pool.end();
  });
});
