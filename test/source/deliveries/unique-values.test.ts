import { DatabaseSync } from "node:sqlite";
import type { SourceDirectory } from "scimkit/source";
import type { Storage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { EVERY_STORAGE, patch, USER } from "../../helpers/scim-app.ts";
import { createSourceApp } from "../../helpers/source-app.ts";

type Run = (sql: string, ...values: string[]) => Promise<unknown>;

const TABLE = "CREATE TABLE logins (id TEXT PRIMARY KEY, login TEXT UNIQUE)";

/** A directory whose table has logins that must be unique, and does not look whether one is taken. */
function directoryOver(runFor: (tx: unknown) => Run): SourceDirectory {
  const nothing = async (): Promise<void> => {};
  return {
    saveUser: async ({ id, userName }, { tx }) => {
      const sql = "INSERT INTO logins VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET login = excluded.login";
      await runFor(tx)(sql, id, userName);
    },
    ...{ removeUser: nothing, saveGroup: nothing, removeGroup: nothing, changeMembers: nothing },
  };
}

/** The connection of a transaction, of either driver. */
function runOn(tx: unknown): Run {
  if (tx instanceof DatabaseSync) {
    return async (sql, ...values) => tx.prepare(sql.replaceAll(/\$\d/g, "?")).run(...values);
  }
  return (sql, ...values) => (tx as { query(text: string, all: string[]): Promise<unknown> }).query(sql, values);
}

describe.each(["sqlite", "postgres"])("a login that the application's own table has already, over %s", (name) => {
  it("is a 409 that says where it is taken, with joined, and nothing is written", async () => {
    const storage = EVERY_STORAGE[name]?.() as Storage;
    const taken = async (tx: unknown): Promise<void> => {
      await runOn(tx)("DROP TABLE IF EXISTS logins");
      await runOn(tx)(TABLE);
      await runOn(tx)("INSERT INTO logins VALUES ($1, $2)", "own", "root");
    };
    await storage.transaction((tx) => taken(storage.connectionOf?.(tx)));
    const app = await createSourceApp({ storage, directory: directoryOver(runOn), delivery: "joined" });
    const refused = await app.send("POST", "/Users", { schemas: [USER], userName: "root" });
    expect([refused.status, refused.body.scimType]).toEqual([409, "uniqueness"]);
    expect(refused.body.detail).toContain("outside of this source");
    const { body } = await app.send("POST", "/Users", { schemas: [USER], userName: "ada" });
    const rename = patch({ op: "replace", path: "userName", value: "root" });
    expect((await app.send("PATCH", `/Users/${body.id}`, rename)).status).toBe(409);
    expect((await app.send("GET", `/Users/${body.id}`)).body.userName).toBe("ada");
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(1);
  });
});

it("a login that the application's own table has already is a 409 with sync, and the user can be sent again", async () => {
  const own = new DatabaseSync(":memory:");
  await runOn(own)(TABLE);
  await runOn(own)("INSERT INTO logins VALUES ($1, $2)", "own", "root");
  const storage = EVERY_STORAGE.memory?.() as Storage;
  const app = await createSourceApp({ storage, directory: directoryOver(() => runOn(own)), delivery: "sync" });
  const post = () => app.send("POST", "/Users", { schemas: [USER], userName: "root" });
  expect([(await post()).status, (await post()).status]).toEqual([409, 409]);
  await runOn(own)("DELETE FROM logins");
  expect((await post()).status).toBe(201);
});
