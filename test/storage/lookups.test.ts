import { expect, it } from "vitest";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import {
  groupFilter,
  groupOf,
  memberChange,
  membersOf,
  userFilter,
  userOf,
  userRefs,
} from "../../src/testing/storage/contract-data.ts";

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };
const LONG = "x".repeat(250);

it("keeps statements of lookups apart by what they look up, and binds the values of each call", async () => {
  const { resources, close } = sqliteStorage(":memory:");
  for (const [name, type] of [
    ["a", "work"],
    ["b", "home"],
    [LONG, "work"],
    [`${LONG}y`, "home"],
  ] as const) {
    const emails = [{ value: `${name}@example.org`, type }];
    await resources.insert(users, userOf(`${name}`, { attributes: { userName: name, displayName: name, emails } }));
    await resources.insert(groups, groupOf(name, { attributes: { displayName: name, externalId: `E-${name}` } }));
    await membersOf(resources).change(groups, `g-${name}`, memberChange({ add: userRefs(`u-${name}`) }));
  }
  const found = async (partition: typeof users, filter: ReturnType<typeof userFilter>) =>
    (await resources.list(partition, { filter, take: 10, count: true })).resources.map(({ id }) => id);
  for (const name of ["a", "b", LONG, `${LONG}y`]) {
    const type = name === "a" || name === LONG ? "work" : "home";
    expect(await found(users, userFilter(`displayName eq "${name}"`))).toEqual([`u-${name}`]);
    expect(await found(groups, groupFilter(`displayName eq "${name}"`))).toEqual([`g-${name}`]);
    expect(await found(groups, groupFilter(`externalId eq "E-${name}"`))).toEqual([`g-${name}`]);
    expect(await found(groups, groupFilter(`externalId eq "e-${name}"`))).toEqual([]);
    expect(await found(groups, groupFilter(`id eq "g-${name}" and members.value eq "u-${name}"`))).toEqual([
      `g-${name}`,
    ]);
    expect(await found(groups, groupFilter(`id eq "g-${name}" and displayName eq "u-${name}"`))).toEqual([]);
    for (const each of ["work", "home"]) {
      const filter = userFilter(`emails[type eq "${each}" and value eq "${name}@example.org"]`);
      expect(await found(users, filter)).toEqual(each === type ? [`u-${name}`] : []);
    }
    expect(await found(users, userFilter(`emails[value eq "${name}@example.org" and type eq "${type}"]`))).toEqual([
      `u-${name}`,
    ]);
  }
  await close();
});
