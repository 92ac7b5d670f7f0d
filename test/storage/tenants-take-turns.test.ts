import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { freshTenant, userOf } from "../../src/testing/storage/contract-data.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-turns-"));
});
afterAll(() => rm(directory, { recursive: true }));

interface Limits {
  readonly maxWaiting?: number;
}

const file = (limits: Limits): Storage =>
  sqliteStorage({ file: join(directory, `${crypto.randomUUID()}.db`), ...limits });

/** Each storage whose operations wait, and how many operations of one tenant may end before the first of another one. */
const DRIVERS: readonly [
  name: string,
  open: (limits: Limits) => Storage | Promise<Storage>,
  bound: (count: number) => number,
][] = [
  ["SQLite in memory", (limits) => sqliteStorage({ file: ":memory:", ...limits }), () => 4],
  // Reads have a connection of their own, so the turns of both connections have no fixed order.
  ["SQLite in a file", file, (count) => count / 4],
  // Nine of its ten connections can work for one tenant. How fast the other one's is, the database decides: usually it
  // takes as long as a few of theirs.
  [
    "PostgreSQL",
    async (limits) => postgresStorage({ connectionString: await freshDatabase(), pool: { max: 10 }, ...limits }),
    (count) => count / 2,
  ],
];

const small = (_: unknown, n: number) => userOf(`user-${n}`);
const large = (_: unknown, n: number) =>
  userOf(`user-${n}`, { attributes: { userName: `user-${n}`, title: "x".repeat(100_000) } });

describe.each(DRIVERS)("tenants on %s take turns", (_name, open, bound) => {
  it.each([
    ["2,000 small", 2000, small],
    ["200 large", 200, large],
  ])("during %s writes of one, the operations of another wait for few of them", async (_writes, count, user) => {
    const storage = await open({});
    await storage.migrate();
    const [hostile, other] = [freshTenant(), freshTenant()];
    let ended = 0;
    const burst = Array.from({ length: count }, user).map(async (each) => {
      await storage.resources.insert(hostile.users, each);
      ended += 1;
    });
    const waitedFor = async (operation: Promise<unknown>): Promise<number> => {
      const before = ended;
      await operation;
      return ended - before;
    };
    const { tenant } = other.users;
    const waits = [
      await waitedFor(storage.resources.insert(other.users, userOf("ada"))),
      await waitedFor(storage.resources.find(other.users, "u-ada")),
      await waitedFor(storage.transaction((tx) => tx.resources.remove(other.users, "u-ada"), { tenant })),
      await waitedFor(storage.state.put("tokens", `${tenant.length}:${tenant}/t`, {}, { expected: null })),
    ];
    expect(Math.max(...waits)).toBeLessThanOrEqual(bound(count));
    await Promise.all(burst);
    await storage.close();
  });

  it("rejects what exceeds maxWaiting of one tenant with 503, and writes the rest", async () => {
    const storage = await open({ maxWaiting: 100 });
    await storage.migrate();
    const [hostile, other] = [freshTenant(), freshTenant()];
    const burst = Promise.allSettled(
      Array.from({ length: 500 }, small).map((user) => storage.resources.insert(hostile.users, user)),
    );
    await storage.resources.insert(other.users, userOf("ada"));
    const refused = (await burst).flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) expect(error).toMatchObject({ status: 503, retryAfterMs: 1000 });
    const { total } = await storage.resources.list(hostile.users, { take: 0, count: true });
    expect(total).toBe(500 - refused.length);
    await storage.close();
  });

  it("does nothing for a client that has gone while its request waited", async () => {
    const storage = await open({});
    await storage.migrate();
    const { users } = freshTenant();
    const gone = new AbortController();
    const burst = Array.from({ length: 50 }, small).map((each) => storage.resources.insert(users, each));
    let calls = 0;
    const leaving = storage.transaction(
      async () => {
        calls += 1;
      },
      { tenant: users.tenant, signal: gone.signal },
    );
    gone.abort();
    await expect(leaving).rejects.toMatchObject({ name: "DisconnectedError", status: 499 });
    await Promise.all(burst);
    expect(calls).toBe(0);
    await storage.close();
  });
});

describe("a burst of reads of one tenant in an SQLite file", () => {
  it("lets timers and connections of the process have their turn, and other tenants theirs", async () => {
    const storage = file({});
    await storage.migrate();
    const [hostile, other] = [freshTenant(), freshTenant()];
    for (const n of Array(20).keys()) await storage.resources.insert(hostile.users, large(undefined, n));
    let [ended, turns] = [0, 0];
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    const burst = Array.from({ length: 500 }, async () => {
      await storage.resources.list(hostile.users, { take: 20 });
      ended += 1;
    });
    await storage.resources.find(other.users, "u-ada");
    expect(ended).toBeLessThanOrEqual(4);
    await Promise.all(burst);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    await storage.close();
  });
});
