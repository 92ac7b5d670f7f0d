import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import {
  byValue,
  groupFilter,
  groupOf,
  groupRef,
  idsOf,
  insertAll,
  memberChange,
  membersOf,
  userFilter,
  userOf,
  userRefs,
} from "../../src/testing/storage/contract-data.ts";
import { freshDatabase, query } from "../helpers/postgres/database.ts";

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };

/** Closes the chain a, b, c, as two writers at the same time could: neither of them sees a cycle. */
const CYCLE = `
  INSERT INTO scimkit_memberships
    (tenant, group_type, group_id, group_folded, member_value, member_folded, member_type, resource_type)
  VALUES ('t', 'Group', 'g-a', 'g-a', 'g-c', 'g-c', 'Group', 'Group')`;

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-cycles-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function onSqlite(): Promise<[Storage, (sql: string) => Promise<unknown>]> {
  const file = join(directory, "scim.db");
  const execute = async (sql: string) => {
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
  };
  return [sqliteStorage(file), execute];
}

async function onPostgres(): Promise<[Storage, (sql: string) => Promise<unknown>]> {
  const url = await freshDatabase();
  return [postgresStorage(url), (sql) => query(url, sql)];
}

describe.each([
  ["SQLite", onSqlite],
  ["PostgreSQL", onPostgres],
] as const)("the %s storage, where groups are members of each other all the same", (_name, open) => {
  let storage: Storage;
  beforeAll(async () => {
    const [opened, execute] = await open();
    storage = opened;
    const { resources } = storage;
    await resources.insert(users, userOf("ada"));
    await insertAll(resources, groups, [groupOf("a"), groupOf("b"), groupOf("c"), groupOf("d")]);
    const add = (group: string, member: string) =>
      membersOf(resources).change(groups, group, memberChange({ add: [groupRef(member)] }));
    await membersOf(resources).change(groups, "g-a", memberChange({ add: userRefs("u-ada") }));
    await add("g-b", "g-a");
    await add("g-c", "g-b");
    await execute(CYCLE);
  });
  afterAll(() => storage.close());

  it("finds the groups of a user, each once", async () => {
    const found = await membersOf(storage.resources).groupsOf("t", ["u-ada", "g-a"]);
    const kinds = (id: string) =>
      found
        .get(id)
        ?.toSorted(byValue)
        .map(({ value, type }) => `${value} ${type}`);
    expect(kinds("u-ada")).toEqual(["g-a direct", "g-b indirect", "g-c indirect"]);
    expect(kinds("g-a")).toEqual(["g-a indirect", "g-b direct", "g-c indirect"]);
  });

  it("evaluates filters on groups and on members", async () => {
    const list = async (filter: string) =>
      idsOf(await storage.resources.list(users, { filter: userFilter(filter), take: 9 }));
    for (const id of ["g-a", "g-b", "g-c"]) expect(await list(`groups.value eq "${id}"`)).toEqual(["u-ada"]);
    expect(await list('groups.value eq "g-d" or not (groups.type pr)')).toEqual([]);
    expect(await list('not (groups.value eq "g-d")')).toEqual(["u-ada"]);
    const filter = groupFilter('members.value eq "g-c"');
    expect(idsOf(await storage.resources.list(groups, { filter, take: 9 }))).toEqual(["g-a"]);
  });

  it("takes the cycle apart, adds others to it and sees that more would be cycles too", async () => {
    const members = membersOf(storage.resources);
    const outside = await members.change(groups, "g-d", memberChange({ add: [{ value: "g-b" }] }));
    expect(outside.added).toEqual([groupRef("g-b")]);
    const inside = await members.change(groups, "g-c", memberChange({ add: [{ value: "g-d" }] }));
    expect(inside.cyclic).toEqual(["g-d"]);
    const apart = await members.change(groups, "g-a", memberChange({ remove: ["g-c"] }));
    expect(apart.removed).toEqual(["g-c"]);
    expect((await members.groupsOf("t", ["g-c"])).get("g-c") ?? []).toEqual([]);
  });
});
