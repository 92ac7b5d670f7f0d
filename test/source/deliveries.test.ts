import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSource, memoryStorage, ScimError, type ScimEvent } from "scimkit";
import { scryptHash, verifyScrypt } from "scimkit/node";
import type { PendingDelivery } from "scimkit/source";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createUser, GROUP, patch, USER } from "../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  type TestClock,
} from "../helpers/source-app.ts";

const run = (app: SourceApp): Promise<void> => app.source.task.run(new AbortController().signal).catch(() => {});
const deactivate = patch({ op: "replace", path: "active", value: false });

describe("what a directory is told", () => {
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

  it("ends sessions after the flag is set, and both again when that failed half-way", async () => {
    const clock = createTestClock();
    const calls: string[] = [];
    let isDown = true;
    const directory = Object.assign(new RecordingDirectory(), {
      revokeSessions: async (id: string) => {
        calls.push(`${id} ${directory.users.get(id)?.active}`);
        if (isDown) throw new Error("the session store is unavailable");
      },
    });
    const app = await createSourceApp({ storage: memoryStorage(), directory, now: clock.now, timer: false });
    const id = await createUser(app, "ada");
    expect((await app.send("PATCH", `/Users/${id}`, deactivate)).status).toBe(500);
    expect((await app.send("GET", `/Users/${id}`)).body.active).not.toBe(false);
    isDown = false;
    clock.advance(2000);
    expect((await app.send("PATCH", `/Users/${id}`, deactivate)).status).toBe(200);
    expect(calls).toEqual([`${id} false`, `${id} false`]);
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

describe("the application's own ids", () => {
  it("come back with later calls, and changes are announced under them to those who ask", async () => {
    const recording = new RecordingDirectory();
    const directory = Object.assign(recording, {
      saveUser: async (...given: Parameters<RecordingDirectory["saveUser"]>) => {
        await RecordingDirectory.prototype.saveUser.apply(recording, given);
        return { id: `account-${given[0].userName}` };
      },
    });
    const storage = memoryStorage();
    const app = await createSourceApp({ storage, directory });
    const [scim, own]: [unknown[], unknown[]] = [[], []];
    app.source.subscribe(async (changes) => void scim.push(...changes));
    app.source.subscribe(async (changes) => void own.push(...changes), { ids: "application" });
    const id = await createUser(app, "ada");
    const { body } = await app.send("POST", "/Groups", {
      schemas: [GROUP],
      displayName: "g",
      members: [{ value: id }],
    });
    await app.send("DELETE", `/Users/${id}`);
    expect(recording.calls.map(({ method, context }) => [method, context.applicationId])).toEqual([
      ["saveUser", undefined],
      ["saveGroup", undefined],
      ["changeMembers", undefined],
      ["removeUser", "account-ada"],
    ]);
    expect(scim).toContainEqual({ type: "user.deleted", id });
    expect(own).toEqual([
      { type: "user.changed", id: "account-ada" },
      { type: "group.changed", id: body.id },
      { type: "membership.changed", groupId: body.id, userId: "account-ada" },
      { type: "user.deleted", id: "account-ada" },
    ]);
    expect(await storage.state.scan("application-ids", { take: 10 })).toEqual([]);
  });

  it("name the object of a change that the application reports, which the directory does not hear of", async () => {
    const recording = new RecordingDirectory();
    const directory = Object.assign(recording, { saveUser: async () => ({ id: "account-1" }) });
    const clock = createTestClock();
    const app = await createSourceApp({ storage: memoryStorage(), directory, now: clock.now });
    const id = await createUser(app, "ada");
    const before = await app.send("GET", `/Users/${id}`);
    await app.source.reportChange({ type: "user.changed", applicationId: "account-1", attributes: { title: "Dr" } });
    const after = await app.send("GET", `/Users/${id}`);
    expect([after.body.title, after.body.userName]).toEqual(["Dr", "ada"]);
    expect(after.headers.get("etag")).not.toBe(before.headers.get("etag"));
    expect(recording.calls).toEqual([]);
    const wrong = app.source.reportChange({ type: "user.changed", id, attributes: { title: 7 } });
    await expect(wrong).rejects.toMatchObject({ status: 400 });
    await expect(app.source.reportChange({ type: "user.changed", id: "nobody" })).rejects.toMatchObject({
      status: 404,
    });
    await expect(app.source.reportChange({ type: "user.changed" })).rejects.toThrow(TypeError);
    clock.advance(20_000);
    expect((await app.source.changes()).changes.at(-1)).toMatchObject({
      principal: "application",
      attributes: ["title"],
    });
    await app.source.reportChange({ type: "user.deleted", id });
    expect((await app.send("GET", `/Users/${id}`)).status).toBe(404);
  });
});

describe("an outbox", () => {
  let clock: TestClock;
  let directory: RecordingDirectory;
  let app: SourceApp;
  beforeEach(async () => {
    clock = createTestClock();
    directory = new RecordingDirectory();
    const storage = memoryStorage();
    app = await createSourceApp({ storage, directory, now: clock.now, delivery: "outbox", timer: false });
  });
  const pending = async (): Promise<unknown[]> => {
    const found = [];
    for await (const { resourceId, state, changes } of app.source.deliveries.list())
      found.push([resourceId, state, changes]);
    return found;
  };

  it("responds before the directory is called, and delivers promptly and in order", async () => {
    let release: () => void = () => {};
    directory.before = () => new Promise<void>((resolve) => (release = resolve));
    const id = await createUser(app, "ada");
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "Countess" }));
    expect(await pending()).toEqual([[id, "waiting", 2]]);
    directory.before = () => {};
    const began = (): number => {
      release();
      return directory.calls.length;
    };
    await expect.poll(began).toBeGreaterThan(0);
    await app.source.idle();
    expect(directory.calls.map(({ context }) => context.event)).toEqual(["created", "updated"]);
    expect(directory.users.get(id)?.title).toBe("Countess");
    expect(await pending()).toEqual([]);
  });

  it("tries again with growing gaps, and nothing of the same object overtakes", async () => {
    directory.before = () => {
      throw new Error("away");
    };
    const id = await createUser(app, "ada");
    await app.source.idle();
    await app.send("DELETE", `/Users/${id}`);
    const tries: number[] = [];
    for (const wait of [0, 1000, 1999, 1, 4000]) {
      clock.advance(wait);
      await run(app);
      tries.push(directory.calls.length);
    }
    expect(tries).toEqual([1, 2, 2, 3, 4]);
    expect(directory.calls.every(({ method }) => method === "saveUser")).toBe(true);
    directory.before = () => {};
    clock.advance(3_600_000);
    await run(app);
    expect(directory.calls.map(({ method }) => method).slice(-2)).toEqual(["saveUser", "removeUser"]);
    expect(directory.users.size).toBe(0);
  });

  it("makes a change a dead letter after five rejections; an operator replays or discards it", async () => {
    const base = { storage: memoryStorage(), directory, now: clock.now };
    const own = await createSourceApp({ ...base, delivery: "outbox", timer: false });
    directory.before = () => {
      throw new ScimError("no licence left", { status: 403 });
    };
    const id = await createUser(own, "ada");
    await own.source.idle();
    for (let n = 0; n < 6; n += 1) {
      clock.advance(3_600_000);
      await run(own);
    }
    expect(directory.calls).toHaveLength(5);
    const dead: PendingDelivery[] = [];
    for await (const each of own.source.deliveries.list({ state: "dead" })) dead.push(each);
    expect(dead).toEqual([
      expect.objectContaining({ resourceId: id, reason: "no licence left", tries: 5, nextTry: undefined }),
    ]);
    await own.send("PATCH", `/Users/${id}`, deactivate);
    await own.source.idle();
    expect(directory.calls).toHaveLength(5);
    directory.before = () => {};
    await own.source.deliveries.replay(dead[0]?.id ?? "");
    await run(own);
    expect(directory.calls.slice(5).map(({ context }) => context.event)).toEqual(["created", "deactivated"]);
    await expect(own.source.deliveries.discard("User/nobody")).rejects.toMatchObject({ status: 404 });
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

  it("delivers memberships when the directory has the member, and a broken object holds up no other", async () => {
    const base = { storage: memoryStorage(), directory, now: clock.now };
    const app = await createSourceApp({ ...base, delivery: "outbox", timer: false });
    directory.before = (method) => {
      if (method === "saveUser") throw new Error("away");
    };
    const id = await createUser(app, "ada");
    const { body } = await app.send("POST", "/Groups", {
      schemas: [GROUP],
      displayName: "g",
      members: [{ value: id }],
    });
    const { body: other } = await app.send("POST", "/Groups", { schemas: [GROUP], displayName: "other" });
    await app.source.idle();
    expect(new Set(directory.groups.keys())).toEqual(new Set([body.id, other.id]));
    expect(directory.members.get(String(body.id))).toBeUndefined();
    directory.before = () => {};
    clock.advance(60_000);
    await run(app);
    clock.advance(60_000);
    await run(app);
    expect(directory.members.get(String(body.id))).toEqual(new Set([id]));
  });
});

describe("a joined delivery", () => {
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

  it("is refused without a storage that can join one", () => {
    const directory = new RecordingDirectory();
    const given = { slug: "a", baseUrl: "https://app.example", directory, delivery: "joined" as const };
    expect(() => createSource({ ...given, storage: memoryStorage() })).toThrow(/joined/);
    expect(() => createSource({ ...given, storage: memoryStorage(), transaction: (run) => run({}) })).toThrow(/within/);
  });
});
