import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveFilter } from "../../src/filter/resolve-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { groupOf, memberChange, membersOf, upTo, userFilter, userOf } from "../../src/testing/storage/contract-data.ts";
import { createWork } from "../../src/work/work.ts";

const groups = { tenant: "t", type: "Group" };
const users = { tenant: "t", type: "User" };
/** More than are compared in one piece. */
const MANY = 1300;

const filterOf = (text: string) => resolveFilter(parseFilter(text, { maxLength: 100_000 }), groupResourceType);

async function createGroupsOfManySizes(resources: ResourceStorage): Promise<void> {
  for (const [name, size] of [["large", MANY] as const, ["small", 3] as const, ["empty", 0] as const]) {
    await resources.insert(groups, groupOf(name));
    const add = upTo(size).map((n) => ({ value: `u${n}`, display: n % 2 === 0 ? `É ${n}` : undefined }));
    if (size > 0) await membersOf(resources).change(groups, `g-${name}`, memberChange({ add, unknown: "accept" }));
  }
}

async function createUserOfManyGroups(resources: ResourceStorage): Promise<void> {
  await resources.insert(users, userOf("many"));
  await resources.insert(users, userOf("none"));
  for (const n of upTo(25)) {
    await resources.insert(groups, groupOf(`of ${n}`));
    const add = [{ value: "u-many" }, ...(n > 20 ? [{ value: `g-of ${n - 1}`, type: "Group" }] : [])];
    await membersOf(resources).change(groups, `g-of ${n}`, memberChange({ add }));
  }
}

describe("a filter on many memberships", () => {
  const storages: Readonly<Record<string, Storage>> = { memory: memoryStorage(), SQLite: sqliteStorage(":memory:") };
  beforeAll(async () => {
    for (const { resources } of Object.values(storages)) {
      await createGroupsOfManySizes(resources);
      await createUserOfManyGroups(resources);
    }
  });
  afterAll(async () => {
    for (const storage of Object.values(storages)) await storage.close();
  });

  it.each([
    'members.value eq "u1299"',
    'members.value ne "u1299"',
    'not (members.value ne "u1")',
    'members[value eq "u1298" and display eq "é 1298"]',
    'members[value eq "u1298" and display eq "é 1296"]',
    'members[not (value sw "u") or display pr]',
    'members.display pr and not (displayName sw "s")',
    "not (members pr)",
    'members.display co "1296" or displayName eq "empty"',
    'members.value gt "u9" and members.value ew "99" and displayName sw "l"',
    'members eq "nobody" or (members.type eq "User" and not (members[value eq "u2"]))',
  ])("%s finds the same groups in memory as in SQLite", async (text) => {
    const found = [];
    for (const { resources } of Object.values(storages)) {
      const query = { filter: filterOf(text), take: 5, count: true, work: createWork({ limit: 10_000_000 }) };
      const page = await resources.list(groups, query);
      found.push([page.total, ...page.resources.map(({ id }) => id)]);
    }
    expect(found[0]).toEqual(found[1]);
  });

  it.each([
    'groups.display sw "of 24"',
    'groups.value ne "g-of 3"',
    'groups[value eq "g-of 24" and type eq "direct"]',
    'groups[value eq "g-of 24" and display eq "of 23"]',
    'groups.display pr and not (groups.type eq "indirect")',
    'not (groups pr) or groups.display co "nobody"',
  ])("%s finds the same users of many groups in memory as in SQLite", async (text) => {
    const found = [];
    for (const { resources } of Object.values(storages)) {
      const page = await resources.list(users, { filter: userFilter(text), take: 5, count: true });
      found.push([page.total, ...page.resources.map(({ id }) => id)]);
    }
    expect(found[0]).toEqual(found[1]);
  });

  it("lets others run between its members", async () => {
    let time = 0;
    let turns = 0;
    const clock = (): number => {
      time += 20;
      return time;
    };
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    const query = { filter: filterOf('members.display co "nobody"'), take: 5, work: createWork({ clock }) };
    await storages.memory?.resources.list(groups, query);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});
