import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";
import { resolveFilter } from "../../src/filter/resolve-filter.ts";
import type { ResolvedFilter } from "../../src/filter/resolved.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { sqliteStorage, sqliteTableStatements } from "../../src/storage/sqlite/storage.ts";
import type { Partition } from "../../src/storage/stored-resource.ts";
import { userFilter } from "../../src/testing/storage/contract-data.ts";
import { storageContract } from "../../src/testing/storage/storage-contract.ts";

afterEach(() => vi.restoreAllMocks());

/** Runs `use` and tells how SQLite goes about each statement that was used, in tables of that making. */
async function plansOf(use: () => Promise<void>): Promise<Map<string, string[]>> {
  const prepared = vi.spyOn(DatabaseSync.prototype, "prepare");
  await use();
  const texts = new Set(prepared.mock.calls.map(([text]) => text));
  prepared.mockRestore();
  const database = new DatabaseSync(":memory:");
  for (const statement of sqliteTableStatements()) database.exec(statement);
  const plans = new Map<string, string[]>();
  for (const text of texts) {
    if (!/^\s*(select|with|update|delete|insert)/i.test(text)) continue;
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all();
    plans.set(
      text,
      steps.map((row) => String(row.detail)),
    );
  }
  database.close();
  return plans;
}

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };

/** The plans of a listing under this filter: of the page and of the total. */
async function plansOfFilter(partition: Partition, filter: ResolvedFilter, indexed: readonly string[] = []) {
  const plans = await plansOf(async () => {
    const { resources, close } = sqliteStorage({ file: ":memory:", indexed });
    await resources.list(partition, { filter, take: 10, count: true });
    await resources.list(partition, { filter, take: 10, after: '["2026","x"]' });
    await close();
  });
  return [...plans].filter(([text]) => text.includes('as "r"')).map(([, plan]) => plan);
}

/** A scan of a table, and not of the rows of a subquery, which can have the same name. */
const isTableScan = (detail: string, _index: number, plan: readonly string[]) =>
  /^SCAN (scimkit_|[mrgvu]\b)/.test(detail) && !plan.includes(detail.replace("SCAN", "CO-ROUTINE"));
/** Goes through all of a tenant, or of a partition. */
const isWalk = (detail: string) => /^SEARCH [rm] .*\(tenant=\?( AND (group_)?type=\?)?\)/.test(detail);

/** Each filter that must be answered by an index, with the index that finds the resources. */
const INDEXED: readonly (readonly [partition: Partition, filter: string, index: string])[] = [
  [users, 'id eq "a"', "resources"],
  [users, 'id sw "a"', "resources"],
  [users, 'userName eq "a"', "unique_values"],
  [users, 'userName sw "a"', "unique_values"],
  [users, 'externalId eq "a"', "indexed_values"],
  [users, 'displayName eq "a"', "indexed_values"],
  [users, 'displayName sw "a"', "indexed_values"],
  [users, 'displayName ge "a"', "indexed_values"],
  [users, 'emails.value eq "a"', "indexed_values"],
  [users, 'emails[type eq "work"].value eq "a"', "indexed_values"],
  [users, 'emails[type eq "work" and value eq "a"]', "indexed_values"],
  [users, 'meta.lastModified gt "2026-01-01T00:00:00Z"', "scimkit_resources_modified"],
  [users, 'groups.value eq "a"', "scimkit_memberships_group_folded"],
  [users, 'userName eq "a" or externalId eq "b"', "unique_values"],
  [users, 'title co "x" and externalId eq "b"', "indexed_values"],
  [groups, 'members.value eq "a"', "scimkit_memberships_member_folded"],
  [groups, 'members[value eq "a" and type eq "User"]', "scimkit_memberships_member_folded"],
  [groups, 'id eq "g" and members.value eq "a"', "scimkit_memberships_member_folded"],
];

describe("the SQLite storage's queries", () => {
  it("all find their rows by an index", async () => {
    const plans = await plansOf(async () => {
      for (const one of storageContract({ create: async () => sqliteStorage(":memory:") })) await one.run();
    });
    expect(plans.size).toBeGreaterThan(40);
    const scanning = [...plans].filter(([, plan]) => plan.some(isTableScan)).map(([text]) => text);
    // What is there is counted once, by a migration.
    const isOnce = (text: string) => text.includes("scimkit_meta") || text.startsWith('INSERT INTO "scimkit_counts"');
    expect(scanning.filter((text) => !isOnce(text))).toEqual([]);
    const through = [...plans].filter(([, plan]) => plan.some((detail) => /^SEARCH .*\(tenant=\?\)/.test(detail)));
    expect(through.map(([text, plan]) => [text, plan])).toEqual([]);
  });

  it("reads pages, scans and due records in the order of an index, without sorting", async () => {
    const plans = await plansOf(async () => {
      const { resources, state, close } = sqliteStorage(":memory:");
      await resources.list(users, { take: 10 });
      await resources.list(users, { take: 10, after: '["2026","x"]' });
      await resources.list(users, { take: 10, filter: userFilter('title co "x"') });
      await resources.members?.page(users, "g", { take: 10, after: "m" });
      await state.scan("c", { from: "a", to: "b", after: "a", take: 10 });
      await state.due("c", 1, 10);
      await close();
    });
    const sorting = [...plans].filter(([, plan]) => plan.some((detail) => detail.includes("TEMP B-TREE")));
    expect(sorting).toEqual([]);
  });

  it.each(INDEXED)("look resources up by an index: %j %s", async (partition, text, index) => {
    const tree = parseFilter(text, { leniencies: { valuePathComparison: true } });
    const filter = resolveFilter(tree, partition === users ? userResourceType : groupResourceType);
    const plans = await plansOfFilter(partition, filter);
    expect(plans.length).toBeGreaterThan(1);
    for (const plan of plans) {
      expect(plan.filter(isWalk)).toEqual([]);
      expect(plan.join("\n")).toContain(index);
    }
  });

  it("look resources up by what the application has indexed", async () => {
    const filter = userFilter('title eq "a"');
    expect((await plansOfFilter(users, filter)).flat().some(isWalk)).toBe(true);
    expect((await plansOfFilter(users, filter, ["Title"])).flat().some(isWalk)).toBe(false);
  });
});
