import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteStorage, sqliteTableStatements } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { upTo, userFilter, userOf } from "../../src/testing/storage/contract-data.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-sqlite-indexes-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const users = { tenant: "t", type: "User" };

async function found(storage: Storage, text: string): Promise<string[]> {
  const page = await storage.resources.list(users, { filter: userFilter(text), take: 2000 });
  return page.resources.map((each) => each.id);
}

function rows(file: string, statement: string): unknown[] {
  const database = new DatabaseSync(file);
  const all = database.prepare(statement).all();
  database.close();
  return all.map((row) => ({ ...row }));
}

describe("the SQLite storage's indexes", () => {
  it("are filled for more resources than are read at once when a path is added", async () => {
    const file = join(directory, "added.db");
    const first = sqliteStorage({ file });
    await first.transaction(async ({ resources }) => {
      for (const n of upTo(1200)) {
        await resources.insert(users, userOf(`u${n}`, { attributes: { userName: `u${n}`, title: `T${n % 3}` } }));
      }
    });
    await first.close();
    const storage = sqliteStorage({ file, indexed: ["title"] });
    await storage.migrate();
    expect(await found(storage, 'title eq "t1"')).toHaveLength(400);
    await storage.close();
    const count = "SELECT count(*) AS n FROM scimkit_indexed_values";
    expect(rows(file, `${count} WHERE path = 'title'`)).toEqual([{ n: 1200 }]);
  });

  it("follow a change of the option, for what is there as for what comes", async () => {
    const file = join(directory, "changed.db");
    const titled = (name: string) => userOf(name, { attributes: { userName: name, title: "Boss", active: true } });
    const first = sqliteStorage({ file });
    await first.resources.insert(users, titled("ada"));
    await first.close();
    const paths = "SELECT path, key FROM scimkit_indexed_values ORDER BY path, key";
    expect(rows(file, paths)).toEqual([]);
    const second = sqliteStorage({ file, indexed: ["Title", "active"], unindexedFilters: "refuse" });
    expect(await found(second, 'title eq "BOSS" and active eq true')).toEqual(["u-ada"]);
    await second.resources.insert(users, titled("bob"));
    expect(await found(second, 'title sw "b"')).toEqual(["u-ada", "u-bob"]);
    await second.resources.replace(
      users,
      userOf("ada", { version: "v2", attributes: { userName: "ada", title: "Clerk" } }),
      "v1",
    );
    expect(await found(second, 'title eq "boss"')).toEqual(["u-bob"]);
    await second.resources.remove(users, "u-bob");
    await second.close();
    expect(rows(file, paths)).toEqual([{ path: "title", key: "=clerk" }]);
    await sqliteStorage({ file }).migrate();
    expect(rows(file, paths)).toEqual([]);
  });

  it("are requested by name if filters without one are rejected, without a fallback", async () => {
    const storage = sqliteStorage({ file: ":memory:", unindexedFilters: "refuse" });
    const refused = async (text: string) => found(storage, text).catch((error: unknown) => error);
    for (const [text, name] of [
      ['title eq "a"', "title"],
      ['userName eq "a" or nickName sw "b"', "nickName"],
      ['not (userName eq "a")', "userName"],
      ["emails.value pr", "emails.value"],
      ['name.familyName co "x"', "name.familyName"],
    ] as const) {
      const expected = { status: 400, scimType: "tooMany", message: `${name} has no index for this filter` };
      expect(await refused(text), text).toMatchObject(expected);
    }
    expect(await found(storage, 'title eq "a" and userName eq "b"')).toEqual([]);
    await storage.close();
  });

  it("hold long values shortened and still tell them apart", async () => {
    const storage = sqliteStorage(":memory:");
    const long = "x".repeat(5000);
    for (const end of ["a", "b"]) {
      await storage.resources.insert(users, userOf(end, { attributes: { userName: end, displayName: long + end } }));
    }
    expect(await found(storage, `displayName eq "${long}A"`)).toEqual(["u-a"]);
    expect(await found(storage, `displayName sw "${long}"`)).toEqual(["u-a", "u-b"]);
    expect(await found(storage, `displayName gt "${long}a"`)).toEqual(["u-b"]);
    await storage.close();
  });
});

describe("the SQLite storage's tables", () => {
  it("take a prefix, beside those of another storage in the same file", async () => {
    const file = join(directory, "prefix.db");
    const [one, other] = ["one_", "other_"].map((tablePrefix) => sqliteStorage({ file, tablePrefix }));
    await one?.resources.insert(users, userOf("ada"));
    expect(await other?.resources.find(users, "u-ada")).toBeUndefined();
    expect(await one?.resources.find(users, "u-ada")).toMatchObject({ id: "u-ada" });
    await one?.close();
    await other?.close();
    for (const tablePrefix of ["", "1x", "x; DROP", "a".repeat(41)]) {
      expect(() => sqliteStorage({ file, tablePrefix })).toThrow("tablePrefix");
    }
  });

  it("can be made by hand", async () => {
    const file = join(directory, "by-hand.db");
    const database = new DatabaseSync(file);
    for (const statement of sqliteTableStatements({ tablePrefix: "mine_" })) database.exec(statement);
    database.close();
    const storage = sqliteStorage({ file, tablePrefix: "mine_" });
    await storage.resources.insert(users, userOf("ada", { attributes: { userName: "ada", externalId: "e" } }));
    expect(await found(storage, 'externalId eq "e"')).toEqual(["u-ada"]);
    await storage.close();
  });
});
