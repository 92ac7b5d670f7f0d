import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteStorage, sqliteTableStatements } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { groupFilter, userFilter, userOf } from "../../src/testing/storage/contract-data.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-sqlite-indexes-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };

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

/** The tables as the first release made them, with 1,200 users and a group. */
function oldDatabase(file: string): void {
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE scimkit_meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
    INSERT INTO scimkit_meta VALUES ('migrations', '2');
    CREATE TABLE scimkit_resources (
      tenant TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, created TEXT NOT NULL,
      last_modified TEXT NOT NULL, attributes TEXT NOT NULL, unique_values TEXT NOT NULL, external_id TEXT,
      display_name_folded TEXT, UNIQUE (tenant, type, id));
    CREATE INDEX scimkit_resources_order ON scimkit_resources (tenant, type, created, id);
    CREATE INDEX scimkit_resources_external_id ON scimkit_resources (tenant, type, external_id)
      WHERE external_id IS NOT NULL;
    CREATE INDEX scimkit_resources_display_name ON scimkit_resources (tenant, type, display_name_folded)
      WHERE display_name_folded IS NOT NULL;
    CREATE TABLE scimkit_unique_values (
      tenant TEXT NOT NULL, type TEXT NOT NULL, attribute TEXT NOT NULL, key TEXT NOT NULL, resource_id TEXT NOT NULL,
      UNIQUE (tenant, type, attribute, key),
      FOREIGN KEY (tenant, type, resource_id) REFERENCES scimkit_resources (tenant, type, id) ON DELETE CASCADE);
    CREATE INDEX scimkit_unique_values_resource ON scimkit_unique_values (tenant, type, resource_id);
    CREATE TABLE scimkit_memberships (
      tenant TEXT NOT NULL, group_type TEXT NOT NULL, group_id TEXT NOT NULL, group_folded TEXT NOT NULL,
      member_value TEXT NOT NULL, member_folded TEXT NOT NULL, member_type TEXT NOT NULL, display TEXT,
      UNIQUE (tenant, group_id, group_type, member_value),
      FOREIGN KEY (tenant, group_type, group_id) REFERENCES scimkit_resources (tenant, type, id) ON DELETE CASCADE);
    CREATE INDEX scimkit_memberships_member ON scimkit_memberships (tenant, member_value, group_type, group_id);
    CREATE INDEX scimkit_memberships_member_folded ON scimkit_memberships (tenant, member_folded);
    CREATE INDEX scimkit_memberships_group_folded ON scimkit_memberships (tenant, group_folded);
    CREATE TABLE scimkit_state (
      collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version TEXT NOT NULL, due_at REAL,
      UNIQUE (collection, key));
    CREATE INDEX scimkit_state_due ON scimkit_state (collection, due_at, key) WHERE due_at IS NOT NULL;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
    INSERT INTO scimkit_resources SELECT 't', 'User', 'u-' || i, 'v', '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z', '{"userName":"u' || i || '","title":"T' || (i % 3) || '","externalId":"E' || i || '"}', '[]', 'E' || i, NULL FROM n;
    INSERT INTO scimkit_resources VALUES ('t', 'Group', 'g', 'v', '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z', '{"displayName":"All"}', '[]', NULL, 'all');
    INSERT INTO scimkit_memberships VALUES ('t', 'Group', 'g', 'g', 'u-1', 'u-1', 'User', '"Ada L."');
  `);
  database.close();
}

describe("the SQLite storage's indexes", () => {
  it("are filled for the resources of an older database when it is migrated", async () => {
    const file = join(directory, "old.db");
    oldDatabase(file);
    const storage = sqliteStorage({ file, indexed: ["title"] });
    await storage.migrate();
    expect(await found(storage, 'externalId eq "E1100"')).toEqual(["u-1100"]);
    expect(await found(storage, 'externalId eq "e1100"')).toEqual([]);
    expect(await found(storage, 'title eq "t1"')).toHaveLength(400);
    expect(await found(storage, 'userName ew "99"')).toHaveLength(12);
    expect(await found(storage, 'meta.lastModified ge "2026-01-01T00:00:00Z"')).toHaveLength(1200);
    const filter = groupFilter('members.display sw "ada"');
    expect((await storage.resources.list(groups, { filter, take: 9 })).resources.map((each) => each.id)).toEqual(["g"]);
    await storage.close();
    const count = "SELECT count(*) AS n FROM scimkit_indexed_values";
    expect(rows(file, `${count} WHERE path = 'externalid'`)).toEqual([{ n: 1200 }]);
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

  it("are asked for by name where filters without one are refused, and nothing makes up for it", async () => {
    const storage = sqliteStorage({ file: ":memory:", unindexedFilters: "refuse" });
    const refused = async (text: string) => found(storage, text).catch((error: unknown) => error);
    for (const [text, name] of [
      ['title eq "a"', "title"],
      ['userName eq "a" or nickName sw "b"', "nickName"],
      ['not (userName eq "a")', "userName"],
      ["emails.value pr", "emails.value"],
      ['name.familyName co "x"', "name.familyName"],
    ] as const) {
      const expected = { status: 400, scimType: "tooMany", message: `${name} has no index that answers this filter` };
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
    expect(() => sqliteStorage({ file, indexed: ["no path"] })).toThrow("indexed.0: must be the path of an attribute");
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
