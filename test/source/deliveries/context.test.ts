import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSource, memoryStorage, ScimError, type ScimEvent } from "scimkit";
import { scryptHash, verifyScrypt } from "scimkit/node";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createUser, patch, USER } from "../../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  type TestClock,
} from "../../helpers/source-app.ts";

const run = (app: SourceApp): Promise<void> => app.source.task.run(new AbortController().signal).catch(() => {});
const deactivate = patch({ op: "replace", path: "active", value: false });

describe("what a directory gets with a change", () => {
  it("names the event, the attributes that changed and the resource before", async () => {
    const directory = new RecordingDirectory();
    const app = await createSourceApp({ storage: memoryStorage(), directory });
    const id = await createUser(app, "ada");
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "Countess" }));
    await app.send("PATCH", `/Users/${id}`, deactivate);
    const back = await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: true }));
    await app.send("DELETE", `/Users/${id}`);
    const told = directory.calls.map(({ context: { event, changed, before } }) => [event, changed, before?.title]);
    expect(told).toEqual([
      ["created", expect.arrayContaining(["userName"]), undefined],
      ["updated", ["title"], undefined],
      ["deactivated", ["active"], "Countess"],
      ["reactivated", ["active"], "Countess"],
      ["removed", expect.any(Array), "Countess"],
    ]);
    const { serviceAccount } = await app.source.identity();
    expect(directory.calls[3]?.context).toMatchObject({
      requestId: back.headers.get("x-request-id"),
      principal: serviceAccount.id,
    });
  });

  it("has the hash of a password and never the password, with passwords: { hash }", async () => {
    const directory = new RecordingDirectory();
    const hash = scryptHash({ logCost: 14 });
    const app = await createSourceApp({ storage: memoryStorage(), directory, passwords: { hash } });
    await app.send("POST", "/Users", { schemas: [USER], userName: "ada", password: "correct horse" });
    const context = directory.calls[0]?.context;
    expect(context?.password).toBeUndefined();
    expect(await verifyScrypt("correct horse", context?.passwordHash ?? "")).toBe(true);
    expect(await verifyScrypt("wrong", context?.passwordHash ?? "")).toBe(false);
    expect(await verifyScrypt("correct horse", "$scrypt$nonsense")).toBe(false);
    expect(JSON.stringify(directory.calls)).not.toContain("correct horse");
  });
});

describe("what waits in an outbox", () => {
  let clock: TestClock;
  let directory: RecordingDirectory;
  beforeEach(() => {
    clock = createTestClock();
    directory = new RecordingDirectory();
  });

  it("has no password in plain text, and the directory gets it once", async () => {
    const storage = memoryStorage();
    const base = { storage, directory, now: clock.now, delivery: "outbox" as const, timer: false as const };
    expect(() => createSource({ slug: "x", baseUrl: "https://a.example", ...base, passwords: "deliver" })).toThrow(
      /passwordKeys/,
    );
    const passwordKeys = [{ id: "a", key: new Uint8Array(32) }];
    const own = await createSourceApp({ ...base, passwords: "deliver", passwordKeys });
    directory.before = () => {
      throw new Error("away");
    };
    await own.send("POST", "/Users", { schemas: [USER], userName: "ada", password: "correct horse" });
    await own.source.idle();
    expect(JSON.stringify(await storage.state.scan("outbox", { take: 10 }))).not.toContain("correct");
    directory.before = () => {};
    clock.advance(10_000);
    await run(own);
    expect(directory.calls.at(-1)?.context.password).toBe("correct horse");
  });

  it("is reported to the observer and in the health of the source", async () => {
    const base = { storage: memoryStorage(), directory, now: clock.now };
    const app = await createSourceApp({ ...base, delivery: "outbox", timer: false });
    directory.before = () => {
      throw new Error("away");
    };
    const id = await createUser(app, "ada");
    await app.source.idle();
    const events = app.events.filter((event: ScimEvent) => event.type === "source.unsettled");
    expect(events).toEqual([expect.objectContaining({ resourceType: "User", id })]);
    clock.advance(10 * 60_000);
    await app.send("GET", "/Users");
    expect(await app.source.health()).toMatchObject({ state: "stuck", waiting: 1 });
  });
});

describe("a joined delivery in a transaction that the application begins", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "scimkit-joined-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("writes both or neither, in one transaction of the application", async () => {
    const file = join(folder, "app.db");
    const storage = sqliteStorage(file);
    await storage.migrate();
    const database = new DatabaseSync(file);
    database.exec("PRAGMA foreign_keys = ON; CREATE TABLE accounts (id TEXT PRIMARY KEY, login TEXT, enabled INTEGER)");
    const rows = (): unknown[] =>
      database
        .prepare("SELECT login, enabled FROM accounts")
        .all()
        .map((row) => ({ ...row }));
    let failure: Error | undefined;
    const nothing = async (): Promise<void> => {};
    const app = await createSourceApp({
      storage,
      delivery: "joined",
      transaction: async (run) => {
        database.exec("BEGIN IMMEDIATE");
        try {
          const result = await run(database);
          database.exec("COMMIT");
          return result;
        } catch (error) {
          database.exec("ROLLBACK");
          throw error;
        }
      },
      directory: {
        saveUser: async ({ id, userName, active }, { tx }) => {
          const upsert = "INSERT INTO accounts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET login = ?2, enabled = ?3";
          (tx as DatabaseSync).prepare(upsert).run(id, userName, active ? 1 : 0);
          if (failure !== undefined) throw failure;
        },
        ...{ removeUser: nothing, saveGroup: nothing, removeGroup: nothing, changeMembers: nothing },
      },
    });
    const id = await createUser(app, "ada");
    expect(rows()).toEqual([{ login: "ada", enabled: 1 }]);
    failure = new Error("broken");
    expect((await app.send("PATCH", `/Users/${id}`, deactivate)).status).toBe(500);
    failure = new ScimError("not this one", { status: 412 });
    expect((await app.send("PATCH", `/Users/${id}`, deactivate)).status).toBe(409);
    failure = undefined;
    expect(rows()).toEqual([{ login: "ada", enabled: 1 }]);
    expect((await app.send("GET", `/Users/${id}`)).body.active).not.toBe(false);
    expect((await app.send("PATCH", `/Users/${id}`, deactivate)).status).toBe(200);
    expect(rows()).toEqual([{ login: "ada", enabled: 0 }]);
    await app.source.idle();
    database.close();
    await storage.close();
  });
});
