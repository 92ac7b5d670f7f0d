import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ResolvedFilter } from "../../src/filter/resolved.ts";
import { type PostgresStorage, postgresStorage } from "../../src/storage/postgres/storage.ts";
import type { Partition } from "../../src/storage/stored-resource.ts";
import {
  at,
  groupFilter,
  groupOf,
  memberChange,
  membersOf,
  upTo,
  userFilter,
  userOf,
  userRefs,
} from "../../src/testing/storage/contract-data.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";
import { createRecordingPool, type Recorded, type RecordingPool } from "../helpers/postgres/recorder.ts";

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };
const SEEDS = 40;
const COPIES = 500;
const BEFORE = { version: "v2", lastModified: at(0) };
let pool: RecordingPool;
let storage: PostgresStorage;

/** A user in whose every value there is a number that no other has. */
function seedUser(n: number) {
  const name = `seed${n}-x`;
  return userOf(name, {
    lastModified: at(n),
    attributes: {
      userName: name,
      externalId: `${name}-e`,
      displayName: `${name}-d`,
      emails: [
        { value: `${name}-w@example.org`, type: "work" },
        { value: `${name}-h@example.org`, type: "home" },
      ],
    },
    unique: [{ attribute: "userName", key: name }],
  });
}

/** Makes of each row `COPIES` more, with another number in place of the x, behind the storage's back: in seconds, not minutes. */
async function multiply(table: string): Promise<void> {
  const columns = await pool.query(
    `SELECT string_agg(column_name, ', ') AS names,
        string_agg(CASE WHEN data_type IN ('text', 'jsonb')
          THEN format('replace(%I::text, ''-x'', ''-'' || n)::%s', column_name, data_type)
          ELSE column_name END, ', ') AS copies
      FROM information_schema.columns WHERE table_name = '${table}'`,
  );
  const { names, copies } = (columns as { rows: { names: string; copies: string }[] }).rows[0] ?? {};
  await pool.query(`INSERT INTO ${table} (${names}) SELECT ${copies} FROM ${table}, generate_series(1, ${COPIES}) n`);
}

beforeAll(async () => {
  pool = createRecordingPool(await freshDatabase());
  storage = postgresStorage({ pool });
  await storage.transaction(async ({ resources, state }) => {
    for (const n of upTo(SEEDS)) {
      await resources.insert(users, seedUser(n));
      await resources.insert(groups, groupOf(`seed${n}-x`));
      await state.put("c", `seed${n}-x`, {}, { expected: null, dueAt: n });
    }
    for (const n of upTo(SEEDS)) {
      const refs = userRefs(`u-seed${n}-x`, `u-seed${(n + 1) % SEEDS}-x`);
      await membersOf(resources).change(groups, `g-seed${n}-x`, memberChange({ add: refs, next: BEFORE }));
    }
  });
  for (const table of ["resources", "unique_values", "indexed_values", "state"]) await multiply(`scimkit_${table}`);
  for (const [name, others] of [
    ["small", []],
    ["large", upTo(20_000).map((n) => `u-large-${n}`)],
  ] as const) {
    await storage.resources.insert(groups, groupOf(name));
    const add = userRefs("u-seed0-x", ...others);
    await membersOf(storage.resources).change(groups, `g-${name}`, memberChange({ add, next: BEFORE }));
  }
  await pool.query("ANALYZE");
});
afterAll(async () => {
  await storage?.close();
  await pool?.end();
});

/** What was sent while `use` ran, with the plans in which a table is gone through from one end to the other. */
async function scansOf(use: () => Promise<unknown>): Promise<{ sent: Recorded[]; scans: string[] }> {
  pool.take();
  await use();
  const sent = pool.take();
  const scans: string[] = [];
  for (const statement of sent) {
    const plan = await pool.plan(statement);
    if (/Seq Scan/.test(plan)) scans.push(`${statement.text}\n${plan}`);
  }
  return { sent, scans };
}

const FILTERS: readonly (readonly [string, Partition, ResolvedFilter, number])[] = [
  ["id", users, userFilter('id eq "u-seed7-77"'), 1],
  ["userName", users, userFilter('userName eq "Seed7-77"'), 1],
  ["externalId", users, userFilter('externalId eq "seed7-77-e"'), 1],
  ["displayName", users, userFilter('displayName eq "SEED7-77-D"'), 1],
  ["emails.value", users, userFilter('emails.value eq "seed7-77-W@example.org"'), 1],
  ["emails[type]", users, userFilter('emails[type eq "work" and value eq "seed7-77-w@example.org"]'), 1],
  ["meta.lastModified", users, userFilter(`meta.lastModified gt "${at(SEEDS - 2)}"`), COPIES + 1],
  ["members.value", groups, groupFilter('members.value eq "u-seed7-x"'), 2],
  ["groups.value", users, userFilter('groups.value eq "g-seed7-x"'), 2],
  ["or", users, userFilter('userName eq "seed7-77" or externalId eq "seed8-78-e"'), 2],
  ["and", users, userFilter('userName eq "seed7-77" and active eq true'), 0],
];

describe("PostgreSQL", () => {
  it.each(FILTERS)("evaluates a filter on %s by an index, the count too", async (_, partition, filter, total) => {
    const { scans } = await scansOf(async () => {
      const page = await storage.resources.list(partition, { filter, take: 10, count: true });
      expect(page.total).toBe(total);
      expect(page.resources.length).toBe(Math.min(total, 10));
    });
    expect(scans).toEqual([]);
  });

  it("reads resources, members, groups and records by an index, at whatever depth", async () => {
    const { resources, state } = storage;
    const { scans, sent } = await scansOf(async () => {
      await resources.find(users, "u-seed7-77");
      const first = await resources.list(users, { take: 10 });
      await resources.list(users, { take: 10, after: first.next });
      await resources.list(users, { take: 10, order: "id", after: "u-seed7" });
      await membersOf(resources).page(groups, "g-large", { take: 10, after: "u-large-5" });
      const found = await membersOf(resources).groupsOf("t", ["u-seed7-x", "u-seed8-x", "u-large-77", "nobody"]);
      expect(found.get("u-large-77")).toEqual([{ value: "g-large", display: "large", type: "direct" }]);
      await state.get("c", ["seed7-x", "seed8-x"]);
      await state.scan("c", { from: "seed7", take: 10 });
      await state.due("c", 3, 10);
    });
    expect(sent.length).toBe(9);
    expect(scans).toEqual([]);
  });

  it("touches as many rows for one member of a group of twenty thousand as of a group of one", async () => {
    const change = async (name: string) => {
      const { sent, scans } = await scansOf(async () => {
        const [added, removed] = [`u-seed9-x`, "u-seed0-x"];
        await membersOf(storage.resources).change(groups, `g-${name}`, memberChange({ add: userRefs(added) }));
        await membersOf(storage.resources).change(groups, `g-${name}`, memberChange({ remove: [removed] }));
      });
      expect(scans).toEqual([]);
      return sent.map(({ text, rows }) => ({ text, rows }));
    };
    const small = await change("small");
    expect(small.every(({ rows }) => rows <= 1)).toBe(true);
    expect(await change("large")).toEqual(small);
  });

  it("writes and removes resources by an index", async () => {
    const { scans } = await scansOf(async () => {
      await storage.resources.insert(users, seedUser(1000));
      await storage.resources.replace(users, { ...seedUser(1000), version: "v2", unique: [] }, "v1");
      await storage.resources.remove(users, "u-seed1000-x");
      await storage.state.put("c", "new", {}, { expected: undefined });
      await storage.state.delete("c", "new");
    });
    expect(scans).toEqual([]);
  });
});
