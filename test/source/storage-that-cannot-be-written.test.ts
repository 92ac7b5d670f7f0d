import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UnavailableError } from "scimkit/errors";
import { memoryStorage, type Storage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { BASE_URL, createApp, createUser, USER } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock, type SourceApp, type TestClock } from "../helpers/source-app.ts";

/** Whether writes fail, and how often one was tried. */
interface Trouble {
  isReadOnly: boolean;
  writes: number;
}

/** The storage, in which writes fail while the trouble lasts, as after a failover to a replica. */
function troubled(storage: Storage, trouble: Trouble): Storage {
  const { resources, state } = storage;
  const write = <Given extends unknown[], T>(operation: (...given: Given) => Promise<T>) => {
    return async (...given: Given): Promise<T> => {
      trouble.writes += 1;
      if (trouble.isReadOnly) throw new UnavailableError("The database is read-only");
      return operation(...given);
    };
  };
  return {
    ...storage,
    resources: {
      ...resources,
      insert: write(resources.insert),
      replace: write(resources.replace),
      remove: write(resources.remove),
      members: resources.members && { ...resources.members, change: write(resources.members.change) },
    },
    state: { ...state, put: write(state.put), delete: write(state.delete) },
    transaction: write(storage.transaction),
  };
}

const READS: readonly (readonly [method: string, path: (id: string) => string, body?: object])[] = [
  ["GET", (id) => `/Users/${id}`],
  ["HEAD", (id) => `/Users/${id}`],
  ["GET", () => '/Users?filter=userName eq "ada"&sortBy=userName&count=1&cursor'],
  ["GET", () => "/Groups"],
  ["GET", () => "/?count=1"],
  ["POST", () => "/Users/.search", { schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"] }],
  ["GET", () => "/ServiceProviderConfig"],
  ["GET", () => "/Schemas"],
];

describe("a source whose storage cannot be written", () => {
  let clock: TestClock;
  let trouble: Trouble;
  let app: SourceApp;
  let id: string;
  beforeEach(async () => {
    clock = createTestClock();
    trouble = { isReadOnly: false, writes: 0 };
    app = await createSourceApp({ storage: troubled(memoryStorage(), trouble), now: clock.now, requestLog: false });
    id = await createUser(app, "ada");
    await app.source.idle();
    clock.advance(120_000);
    trouble.isReadOnly = true;
  });

  const readAll = async (): Promise<number[]> => {
    const statuses: number[] = [];
    for (const [method, path, body] of READS) statuses.push((await app.send(method, path(id), body)).status);
    await app.source.idle();
    return statuses;
  };

  it("serves every read, also in a new process, and rejects writes with 503", async () => {
    expect(await readAll()).toEqual(READS.map(() => 200));
    expect((await app.send("POST", "/Users", { schemas: [USER], userName: "b" })).status).toBe(503);
    const restarted = app.source.storage;
    trouble.isReadOnly = false;
    const next = await createSourceApp({ storage: restarted, now: clock.now });
    trouble.isReadOnly = true;
    app = next;
    expect(await readAll()).toEqual(READS.map(() => 200));
  });

  it("tells once a minute that the last use of a token is not recorded, and records it when it can again", async () => {
    const errors = (): object[] => app.events.filter(({ type }) => type === "source.error");
    trouble.writes = 0;
    await readAll();
    await readAll();
    expect(trouble.writes).toBe(1);
    const { id: source } = await app.source.identity();
    const error = expect.objectContaining({ message: "The database is read-only" });
    expect(errors()).toEqual([{ type: "source.error", source, tenant: source, error }]);
    clock.advance(60_000);
    await readAll();
    expect(errors()).toHaveLength(2);
    trouble.isReadOnly = false;
    clock.advance(60_000);
    await readAll();
    expect(errors()).toHaveLength(2);
    expect((await app.source.tokens.list())[0]?.lastUsed).toBe(new Date(clock.now()).toISOString());
  });
});

describe("a handler whose storage cannot be written", () => {
  it("serves every read", async () => {
    const trouble = { isReadOnly: false, writes: 0 };
    const app = createApp({ storage: troubled(memoryStorage(), trouble), baseUrl: BASE_URL });
    const id = await createUser(app, "ada");
    trouble.isReadOnly = true;
    for (const [method, path, body] of READS) expect((await app.send(method, path(id), body)).status).toBe(200);
  });
});

describe("a source in an SQLite file that another process has locked", () => {
  it("serves reads at once, also where the storage was opened after that", async () => {
    const directory = await mkdtemp(join(tmpdir(), "scimkit-locked-"));
    const file = join(directory, "people.db");
    const storage = sqliteStorage({ file, busyTimeoutMs: 0 });
    const clock = createTestClock();
    const app = await createSourceApp({ storage, now: clock.now, requestLog: false });
    const id = await createUser(app, "ada");
    await app.source.idle();
    clock.advance(120_000);
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    expect((await app.send("GET", `/Users/${id}`)).status).toBe(200);
    await app.source.idle();
    expect(app.events.filter(({ type }) => type === "source.error")).toHaveLength(1);
    const opened = sqliteStorage({ file, busyTimeoutMs: 0 });
    const partition = { tenant: (await app.source.identity()).id, type: "User" };
    expect((await opened.resources.find(partition, id))?.id).toBe(id);
    await opened.close();
    other.exec("ROLLBACK");
    other.close();
    await storage.close();
    await rm(directory, { recursive: true });
  });
});
