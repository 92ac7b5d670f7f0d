import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sqliteStorage } from "../../src/storage/sqlite/sqlite-storage.ts";
import { groupFilter, userFilter } from "../../src/testing/storage/contract-data.ts";
import { storageContract } from "../../src/testing/storage-contract.ts";

afterEach(() => vi.restoreAllMocks());

/** Runs `use` on a new file and tells how SQLite goes about each statement that was used. */
async function plansOf(use: (file: string) => Promise<void>): Promise<Map<string, string[]>> {
  const directory = await mkdtemp(join(tmpdir(), "scimkit-sqlite-plans-"));
  try {
    const prepared = vi.spyOn(DatabaseSync.prototype, "prepare");
    const file = join(directory, "plans.db");
    await use(file);
    const texts = new Set(prepared.mock.calls.map(([text]) => text));
    prepared.mockRestore();
    const database = new DatabaseSync(file);
    const plans = new Map<string, string[]>();
    for (const text of texts) {
      if (!/^\s*(select|with|update|delete|insert)/i.test(text)) continue;
      plans.set(
        text,
        database
          .prepare(`EXPLAIN QUERY PLAN ${text}`)
          .all()
          .map((row) => String(row.detail)),
      );
    }
    database.close();
    return plans;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const isTableScan = (detail: string) => /^SCAN (scimkit_|[mr]\b)/.test(detail);

describe("the SQLite storage's queries", () => {
  it("all find their rows by an index", async () => {
    const plans = await plansOf(async (file) => {
      for (const one of storageContract({ create: async () => sqliteStorage(file) })) await one.run();
    });
    expect(plans.size).toBeGreaterThan(40);
    const scanning = [...plans].filter(([, plan]) => plan.some(isTableScan)).map(([text]) => text);
    expect(scanning.filter((text) => !text.includes("scimkit_meta"))).toEqual([]);
  });

  it("never go through all of a tenant", async () => {
    const plans = await plansOf(async (file) => {
      for (const one of storageContract({ create: async () => sqliteStorage(file) })) await one.run();
    });
    const through = [...plans].filter(([, plan]) => plan.some((detail) => /^SEARCH .*\(tenant=\?\)/.test(detail)));
    expect(through.map(([text, plan]) => [text, plan])).toEqual([]);
  });

  it("reads pages, scans and due records in the order of an index, without sorting", async () => {
    const plans = await plansOf(async (file) => {
      const { resources, state, close } = sqliteStorage(file);
      const users = { tenant: "t", type: "User" };
      await resources.list(users, { take: 10 });
      await resources.list(users, { take: 10, after: '["2026","x"]' });
      await resources.members?.page(users, "g", { take: 10, after: "m" });
      await state.scan("c", { from: "a", to: "b", after: "a", take: 10 });
      await state.due("c", 1, 10);
      await close();
    });
    const sorting = [...plans].filter(([, plan]) => plan.some((detail) => detail.includes("TEMP B-TREE")));
    expect(sorting).toEqual([]);
  });

  it("looks filtered resources up and does not walk the partition in order", async () => {
    const plans = await plansOf(async (file) => {
      const { resources, close } = sqliteStorage(file);
      const [users, groups] = ["User", "Group"].map((type) => ({ tenant: "t", type }));
      if (users === undefined || groups === undefined) return;
      for (const text of ['id eq "a"', 'userName eq "a"', 'externalId eq "a"', 'displayName eq "a"', 'groups eq "a"']) {
        await resources.list(users, { filter: userFilter(text), take: 10, count: true });
      }
      await resources.list(groups, { filter: groupFilter('members eq "a"'), take: 10 });
      await resources.list(users, { filter: userFilter('userName eq "a" or externalId eq "b"'), take: 10 });
      await close();
    });
    const walking = [...plans].filter(([, plan]) => plan.some((detail) => detail.includes("scimkit_resources_order")));
    expect(walking.map(([text, plan]) => [text, plan])).toEqual([]);
  });
});
