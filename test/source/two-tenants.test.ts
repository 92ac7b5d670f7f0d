import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Storage } from "scimkit/storage";
import { postgresStorage } from "scimkit/storage/postgres";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freshDatabase } from "../helpers/postgres/database.ts";
import { createUser, USER } from "../helpers/scim-app.ts";
import { createSourceApp, type SourceApp } from "../helpers/source-app.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-two-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** Each storage, and how many writes of one source may take effect while another source serves one request. */
const DRIVERS: readonly [name: string, open: () => Storage | Promise<Storage>, bound: (count: number) => number][] = [
  ["SQLite in memory", () => sqliteStorage(":memory:"), (count) => count / 4],
  ["SQLite in a file", () => sqliteStorage(join(directory, `${crypto.randomUUID()}.db`)), (count) => count / 4],
  // A request of the other has several statements, each with a turn of its own; the connections do not wait for each other.
  ["PostgreSQL", async () => postgresStorage(await freshDatabase()), (count) => count / 2],
];

describe.each(DRIVERS)(
  "two sources on one storage, of which one is sent a burst of writes, over %s",
  (_, open, bound) => {
    let storage: Storage;
    let hostile: SourceApp;
    let other: SourceApp;
    let user: string;
    beforeEach(async () => {
      storage = await open();
      hostile = await createSourceApp({ storage, slug: "hostile" });
      other = await createSourceApp({ storage, slug: "other" });
      user = await createUser(other, "ada");
      await Promise.all([hostile.source.idle(), other.source.idle()]);
    });
    afterEach(async () => {
      await Promise.all([hostile.source.idle(), other.source.idle()]);
      await storage.close();
    });

    /** Sends the burst, and requests of the other source meanwhile. Returns the most writes during one of them. */
    async function mostDuring(count: number, title: string): Promise<{ most: number; statuses: number[] }> {
      let written = 0;
      const burst = Array.from({ length: count }, async (_each, n) => {
        const { status } = await hostile.send("POST", "/Users", { schemas: [USER], userName: `u${n}`, title });
        if (status === 201) written += 1;
        return status;
      });
      let most = 0;
      for (let round = 0; round < 3; round += 1) {
        const before = written;
        expect((await other.send("GET", `/Users/${user}`)).status).toBe(200);
        most = Math.max(most, written - before);
      }
      expect((await other.send("PUT", `/Users/${user}`, { schemas: [USER], userName: "ada" })).status).toBe(200);
      return { most, statuses: await Promise.all(burst) };
    }

    it("serves the other at once during 2,000 small writes, of which those that may not wait get 503", async () => {
      const { most, statuses } = await mostDuring(2000, "engineer");
      expect(most).toBeLessThanOrEqual(bound(1064));
      expect([...new Set(statuses)].sort()).toEqual([201, 503]);
      const { body } = await hostile.send("GET", "/Users?count=0");
      expect(body.totalResults).toBe(statuses.filter((status) => status === 201).length);
    });

    it("serves the other at once during 100 large writes", async () => {
      const { most, statuses } = await mostDuring(100, "x".repeat(200_000));
      expect(most).toBeLessThanOrEqual(bound(100));
      expect(new Set(statuses)).toEqual(new Set([201]));
    });
  },
);
