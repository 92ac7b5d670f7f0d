import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { freshDatabase, query } from "../helpers/postgres/database.ts";
import { startScript, writtenWhenKilled } from "./processes.ts";

describe("several processes on one PostgreSQL database", () => {
  it("leaves no half of a transaction when the writing process is killed", async () => {
    const url = await freshDatabase();
    const confirmed = await writtenWhenKilled(url);
    expect(confirmed).toBeGreaterThanOrEqual(100);

    // What the server was still doing for the process is over when its connections are gone.
    const sessions = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while ((await query(url, sessions)).length > 0) await new Promise((resume) => setTimeout(resume, 20));
    const count = async (from: string) => Number((await query(url, `SELECT count(*) AS n FROM ${from}`))[0]?.n);
    const groups = await count("scimkit_resources");
    expect(groups).toBeGreaterThan(confirmed);
    expect(await count("scimkit_resources WHERE version = '2' AND length(attributes) > 5000")).toBe(groups);
    expect(await count("scimkit_unique_values")).toBe(groups);
    expect(await count("scimkit_state")).toBe(groups);
    expect(await count("scimkit_memberships")).toBe(groups * 20);
  });

  it("migrates once and loses no update when processes start at the same time", async () => {
    const url = await freshDatabase();
    const children = [1, 2, 3].map(() => startScript("migrate-and-count.ts", url, "40"));
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0]);
    const storage = postgresStorage(url);
    expect((await storage.state.get("counters", ["c"])).get("c")?.value).toEqual({ count: 120 });
    await storage.close();
  });
});
