import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveFilter } from "../../src/filter/resolve-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import type { Partition } from "../../src/storage/stored-resource.ts";
import { groupOf, memberChange, membersOf, userOf, userRefs } from "../../src/testing/storage/contract-data.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";
import { createRecordingPool, type RecordingPool } from "../helpers/postgres/recorder.ts";

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };
/** As many as a request may have. */
const TERMS = 500;
let pool: RecordingPool;
const storages = new Map<string, Storage>();

beforeAll(async () => {
  pool = createRecordingPool(await freshDatabase());
  storages.set("memory", memoryStorage());
  storages.set("SQLite", sqliteStorage(":memory:"));
  storages.set("PostgreSQL", postgresStorage({ pool }));
  for (const [, { resources }] of storages) {
    const emails = [{ value: "a0@x", type: "work" }];
    const attributes = { userName: "a0", externalId: "a0", title: "a0", emails };
    await resources.insert(users, userOf("a0", { attributes }));
    await resources.insert(groups, groupOf("g"));
    await membersOf(resources).change(groups, "g-g", memberChange({ add: userRefs("u-a0") }));
  }
});
afterAll(async () => {
  for (const [, storage] of storages) await storage.close();
  await pool.end();
});

function row(operator: "and" | "or", term: (n: number) => string, terms: number = TERMS): string {
  return Array.from({ length: terms }, (_, n) => term(n)).join(` ${operator} `);
}

const long = { maxLength: 100_000 };
const filterOf = (text: string, { type }: Partition) =>
  resolveFilter(parseFilter(text, long), type === "User" ? userResourceType : groupResourceType);

describe("a filter of as many terms as are accepted", () => {
  it.each<[string, Partition, (n: number) => string]>([
    ["a unique attribute", users, (n) => `userName eq "a${n}"`],
    ["an indexed attribute", users, (n) => `emails sw "a${n}"`],
    ["an attribute without index", users, (n) => `title co "a${n}"`],
    ["groups", users, (n) => `groups.value eq "${n === 0 ? "g-g" : n}"`],
    ["labels of groups", users, (n) => `groups.display sw "${n === 0 ? "g" : n}"`],
    ["members", groups, (n) => `members.value eq "u-a${n}"`],
  ])("on %s has the same result in every storage", async (_what, partition, term) => {
    for (const [name, { resources }] of storages) {
      for (const [operator, total] of [["and", 0] as const, ["or", 1] as const]) {
        const filter = filterOf(row(operator, term), partition);
        const page = await resources.list(partition, { filter, take: 5, count: true });
        expect([name, operator, page.total]).toEqual([name, operator, total]);
      }
    }
  });

  it.each<[string, Partition, (n: number) => string]>([
    ["members", groups, (n) => `members.display co "a${n}"`],
    ["groups", users, (n) => `groups.display co "a${n}"`],
  ])("on %s has one subquery, and a list of ids is one list", async (_what, partition, term) => {
    const { resources } = storages.get("PostgreSQL") ?? memoryStorage();
    const subqueriesOf = async (text: string) => {
      pool.take();
      await resources.list(partition, { filter: filterOf(text, partition), take: 5 });
      return pool.take().map((sent) => sent.text.match(/\(\s*(select|with)\b/gi)?.length ?? 0);
    };
    const few = await subqueriesOf(row("and", term, 2));
    expect(few.length).toBe(1);
    for (const text of [
      row("and", term),
      row("or", (n) => `not (${term(n)})`),
      row("and", (n) => `(${term(2 * n)} or not (${term(2 * n + 1)}))`, TERMS / 2),
    ]) {
      expect(await subqueriesOf(text)).toEqual(few);
    }
    const named = (n: number) => term(n).replace(/display co/, "value eq");
    expect(await subqueriesOf(row("or", named))).toEqual(await subqueriesOf(row("or", named, 2)));
  });

  it("within brackets has the same result in every storage", async () => {
    for (const [name, { resources }] of storages) {
      const filter = filterOf(`emails[${row("or", (n) => `type eq "${n === 0 ? "work" : n}"`)}]`, users);
      expect([name, (await resources.list(users, { filter, take: 5 })).resources.length]).toEqual([name, 1]);
    }
  });

  it("that must all hold has few of them looked up, those that find least, however they are nested", async () => {
    const { resources } = storages.get("PostgreSQL") ?? memoryStorage();
    const found = async (text: string) => {
      pool.take();
      const page = await resources.list(users, { filter: filterOf(text, users), take: 5 });
      expect(page.resources.map(({ id }) => id)).toEqual(["u-a0"]);
      // Before the page the candidates are counted.
      const statement = pool.take().at(-1) ?? { text: "", values: [], rows: 0 };
      const joins = (await pool.plan(statement)).match(/(Join|Nested Loop)[^:\n]*\(cost/g) ?? [];
      return { joins: joins.length, first: /scimkit_(unique|indexed)_values/.exec(statement.text)?.[0] };
    };
    const three = 'externalId sw "a" and (userName sw "a" and externalId ge "a")';
    expect(await found(`(${three}) and (${three} and userName eq "a0")`)).toEqual({
      joins: 3,
      first: "scimkit_unique_values",
    });
    expect((await found(row("and", () => three, 20))).joins).toBe(3);
  });
});
