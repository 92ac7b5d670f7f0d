import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_NESTING } from "../../src/storage/driver/nesting.ts";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import {
  groupOf,
  memberChange,
  membersOf,
  upTo,
  userFilter,
  userOf,
  userRefs,
} from "../../src/testing/storage/contract-data.ts";
import { createWork } from "../../src/work/work.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };
const storages = new Map<string, Storage>();

/** Group 0 has the user as a member, and each further group has the one before. */
beforeAll(async () => {
  storages.set("SQLite", sqliteStorage(":memory:"));
  storages.set("PostgreSQL", postgresStorage(await freshDatabase()));
  for (const [, storage] of storages) {
    await storage.transaction(async ({ resources }) => {
      await resources.insert(users, userOf("ada"));
      for (const n of upTo(MAX_NESTING + 5)) {
        await resources.insert(groups, groupOf(`${n}`));
        const add = n === 0 ? userRefs("u-ada") : [{ value: `g-${n - 1}`, type: "Group" }];
        await membersOf(resources).change(groups, `g-${n}`, memberChange({ add }));
      }
    });
  }
});
afterAll(async () => {
  for (const [, storage] of storages) await storage.close();
});

describe("groups in one another", () => {
  it("count up to the documented depth, in a user's groups and in every filter alike", async () => {
    for (const [name, { resources }] of storages) {
      const found = await membersOf(resources).groupsOf("t", ["u-ada"]);
      expect([name, found.get("u-ada")?.length]).toEqual([name, MAX_NESTING]);
      const finds = async (text: string) =>
        (await resources.list(users, { filter: userFilter(text), take: 1 })).resources.length === 1;
      const inside = [`groups.value eq "g-${MAX_NESTING - 1}"`, `groups.display ew "${MAX_NESTING - 1}"`];
      const outside = [`groups.value eq "g-${MAX_NESTING}"`, `groups.display ew "${MAX_NESTING}"`];
      for (const text of inside) expect([name, text, await finds(text)]).toEqual([name, text, true]);
      for (const text of outside) expect([name, text, await finds(text)]).toEqual([name, text, false]);
    }
  });
});

describe("groups that are members of many others", () => {
  const dense = { tenant: "dense", type: "Group" };
  const GROUPS = 30;
  const USERS = 50;

  it("are each read once for all users, and a user in all of them is charged for the memberships", async () => {
    for (const [name, { resources }] of storages) {
      const names = upTo(USERS).map((n) => `u-${n}`);
      for (const n of upTo(GROUPS)) {
        await resources.insert(dense, groupOf(`${n}`));
        const inner = upTo(n).map((k) => ({ value: `g-${k}`, type: "Group" }));
        const add = n === 0 ? names.map((value) => ({ value })) : inner;
        await membersOf(resources).change(dense, `g-${n}`, memberChange({ add, unknown: "accept" }));
      }
      const work = createWork();
      const found = await membersOf(resources).groupsOf("dense", names, { work });
      expect([name, found.get("u-7")?.length]).toEqual([name, GROUPS]);
      const memberships = (GROUPS * (GROUPS - 1)) / 2;
      expect([name, work.spent]).toEqual([name, (memberships + USERS) * 20 + USERS * (memberships + 1) * 2]);
    }
  });
});
