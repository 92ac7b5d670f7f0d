import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import { startScript, writtenWhenKilled } from "./processes.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-sqlite-processes-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("several processes on one SQLite file", () => {
  it("leaves no half of a transaction when the writing process is killed", async () => {
    const file = join(directory, "killed.db");
    const confirmed = await writtenWhenKilled(file);
    expect(confirmed).toBeGreaterThanOrEqual(100);

    const database = new DatabaseSync(file);
    const count = (from: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${from}`).get()?.n);
    const groups = count("scimkit_resources");
    expect(groups).toBeGreaterThan(confirmed);
    expect(count("scimkit_resources WHERE version = '2' AND length(attributes) > 5000")).toBe(groups);
    expect(count("scimkit_unique_values")).toBe(groups);
    expect(count("scimkit_state")).toBe(groups);
    expect(count("scimkit_memberships")).toBe(groups * 20);
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
  });

  it("migrates once and loses no update when processes start at the same time", async () => {
    const file = join(directory, "together.db");
    const children = [1, 2, 3].map(() => startScript("migrate-and-count.ts", file, "40"));
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0]);
    const storage = sqliteStorage(file);
    expect((await storage.state.get("counters", ["c"])).get("c")?.value).toEqual({ count: 120 });
    await storage.close();
  });
});
