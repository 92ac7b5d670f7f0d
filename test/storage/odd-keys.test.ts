import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { groupOf, memberChange, membersOf, userOf } from "../../src/testing/storage/contract-data.ts";
import { freshPostgresStorage } from "../helpers/postgres/fresh-storage.ts";

const users = { tenant: "t", type: "User" };
/** In UTF-8 the first three would be one. */
const ODD = ["x\ud800", "x\udfff", "\ud83d", "x\0"];

describe.each<[string, () => Storage]>([
  ["memory", memoryStorage],
  ["SQLite", () => sqliteStorage(":memory:")],
  ["PostgreSQL", freshPostgresStorage],
])("the %s storage", (_name, create) => {
  let storage: Storage;
  beforeAll(() => {
    storage = create();
  });
  afterAll(() => storage.close());

  it.each(ODD)("refuses a tenant, a type and a collection that another could be taken for: %j [req 8]", async (odd) => {
    const { resources, state } = storage;
    const members = membersOf(resources);
    for (const partition of [
      { ...users, tenant: odd },
      { ...users, type: odd },
    ]) {
      for (const call of [
        resources.insert(partition, userOf("ada")),
        resources.find(partition, "u-ada"),
        resources.replace(partition, userOf("ada"), "v1"),
        resources.remove(partition, "u-ada"),
        resources.list(partition, { take: 9 }),
        members.page(partition, "g", { take: 9 }),
        members.change(partition, "g", memberChange({})),
      ]) {
        await expect(call).rejects.toThrow(TypeError);
      }
    }
    for (const call of [
      members.groupsOf(odd, ["u-ada"]),
      state.get(odd, ["k"]),
      state.put(odd, "k", {}, { expected: null }),
      state.delete(odd, "k"),
      state.scan(odd, { take: 9 }),
      state.due(odd, 0, 9),
    ]) {
      await expect(call).rejects.toThrow("must be well-formed Unicode without U+0000");
    }
  });

  it("refuses the cursor of a sorted listing in one that is not", async () => {
    const after = JSON.stringify(["sorted", "ada", "u-ada"]);
    await expect(storage.resources.list(users, { take: 9, after })).rejects.toMatchObject({
      name: "InvalidValueError",
    });
  });

  it("names one of two groups that have one id in two types, the same in every storage", async () => {
    const { resources } = storage;
    const groups = { tenant: "twins", type: "Group" };
    const teams = { tenant: "twins", type: "Team" };
    const members = membersOf(resources);
    const twin = { id: "twin" };
    await resources.insert(teams, groupOf("team", twin));
    await resources.insert(groups, groupOf("group", twin));
    await resources.insert(groups, groupOf("below"));
    const ada = { value: "u-ada", type: "User" };
    await members.change(groups, "twin", memberChange({ add: [ada] }));
    await members.change(groups, "g-below", memberChange({ add: [ada] }));
    await members.change(teams, "twin", memberChange({ add: [{ value: "g-below", type: "Group" }] }));
    const found = (await members.groupsOf("twins", ["u-ada"])).get("u-ada") ?? [];
    expect([...found].sort((left, right) => (left.value < right.value ? -1 : 1))).toEqual([
      { value: "g-below", type: "direct", display: "below" },
      { value: "twin", type: "direct", display: "team" },
    ]);
  });
});
