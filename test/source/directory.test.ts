import { ForbiddenError } from "scimkit/errors";
import { defineMapping, skip } from "scimkit/mapping";
import { memoryStorage, type Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGroup, createUser, GROUP, memberIds, patch, STORAGES, USER } from "../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  type TestClock,
} from "../helpers/source-app.ts";

/** A crash: the process never comes back from the call. Everything it held in memory is gone. */
const NEVER: Promise<never> = new Promise(() => {});

const STORAGE_NAMES = Object.keys(STORAGES);

let storage: Storage;
let directory: RecordingDirectory;
let clock: TestClock;
let app: SourceApp;

/** Gives each test of the block a source over such a storage, with an empty directory. */
function setUp(storageName: string): void {
  beforeEach(async () => {
    storage = STORAGES[storageName]?.() ?? memoryStorage();
    directory = new RecordingDirectory();
    clock = createTestClock();
    app = await start();
  });
  afterEach(() => storage.close());
}

const start = (): Promise<SourceApp> =>
  createSourceApp({ storage, directory, now: clock.now, deliveryLeaseMs: 60_000, deliveryRetryMs: 1000 });

const reservations = async (): Promise<number> => (await storage.state.scan("intents", { take: 100 })).length;

describe.each(STORAGE_NAMES)("a directory in sync mode over %s storage", (storageName) => {
  setUp(storageName);

  it("gets every change, mapped, and agrees with what the source returns", async () => {
    const user = await createUser(app, "a", { name: { givenName: "Ada", familyName: "L" } });
    const group = await createGroup(app, "g", [user]);
    expect(directory.users.get(user)).toMatchObject({
      id: user,
      userName: "a",
      active: true,
      kind: "user",
      displayName: "Ada L",
    });
    expect(directory.groups.get(group)).toMatchObject({ id: group, displayName: "g" });
    expect(directory.members.get(group)).toEqual(new Set([user]));
    await app.send("PATCH", `/Users/${user}`, patch({ op: "replace", path: "active", value: false }));
    expect(directory.users.get(user)?.active).toBe(false);
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "remove", path: `members[value eq "${user}"]` }));
    expect(directory.members.get(group)).toEqual(new Set());
    await app.send("DELETE", `/Users/${user}`);
    await app.send("DELETE", `/Groups/${group}`);
    expect([directory.users.size, directory.groups.size, await reservations()]).toEqual([0, 0, 0]);
  });

  it("is not called for what changes nothing, nor for what is rejected", async () => {
    const user = await createUser(app, "a");
    const group = await createGroup(app, "g", [user]);
    const told = directory.calls.length;
    await app.send("PATCH", `/Users/${user}`, patch({ op: "add", path: "userName", value: "a" }));
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: user }] }));
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "remove", path: 'members[value eq "nobody"]' }));
    expect((await app.send("POST", "/Users", { schemas: [USER], userName: "A" })).status).toBe(409);
    expect(
      (await app.send("POST", "/Groups", { schemas: [GROUP], displayName: "x", members: [{ value: "ghost" }] })).status,
    ).toBe(400);
    expect((await app.send("DELETE", "/Users/unknown")).status).toBe(404);
    expect(
      (await app.send("PATCH", "/Groups/unknown", patch({ op: "add", path: "members", value: [{ value: user }] })))
        .status,
    ).toBe(404);
    expect([directory.calls.length, await reservations()]).toEqual([told, 0]);
  });

  it("gets members that do not exist yet, and keeps them, if the source accepts unknown members", async () => {
    app = await createSourceApp({ storage, directory, now: clock.now, unknownMembers: "accept" });
    const group = await createGroup(app, "g", ["ghost"]);
    expect(directory.members.get(group)).toEqual(new Set(["ghost"]));
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: "other" }] }));
    expect(directory.members.get(group)).toEqual(new Set(["ghost", "other"]));
    expect(await memberIds(app, group)).toEqual(["ghost", "other"]);
    expect([directory.calls.length, await reservations()]).toEqual([3, 0]);
  });

  it("refuses a change with a 4xx, and then nothing is kept of it", async () => {
    directory.before = () => {
      throw new ForbiddenError("No more licences");
    };
    const answer = await app.send("POST", "/Users", { schemas: [USER], userName: "a" });
    expect([answer.status, answer.body.detail]).toEqual([403, "No more licences"]);
    directory.before = () => {};
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(0);
    expect(await reservations()).toBe(0);
    await createUser(app, "a");
  });
});

describe.each(STORAGE_NAMES)("changes of unknown outcome, over %s storage", (storageName) => {
  setUp(storageName);

  it("leaves a change with an unknown outcome to be settled, and both sides agree afterwards", async () => {
    directory.after = () => {
      throw new Error("socket hang up");
    };
    expect((await app.send("POST", "/Users", { schemas: [USER], userName: "a" })).status).toBe(500);
    directory.after = () => {};
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(0);
    const early = await app.send("POST", "/Users", { schemas: [USER], userName: "A" });
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
    clock.advance(1000);
    expect(await app.source.settle()).toBe(1);
    const listed = await app.send("GET", "/Users");
    expect(listed.body.totalResults).toBe(1);
    expect(directory.users.size).toBe(1);
    const [first, second] = directory.calls;
    expect(second?.context.idempotencyKey).toBe(first?.context.idempotencyKey);
    expect(await reservations()).toBe(0);
    expect((await app.send("POST", "/Users", { schemas: [USER], userName: "A" })).status).toBe(409);
  });

  it.each(["before", "after"] as const)(
    "settles a create that a crash interrupted %s the directory did it",
    async (moment) => {
      directory[moment] = () => NEVER;
      void app.send("POST", "/Users", { schemas: [USER], userName: "a" });
      await expect.poll(() => directory.calls.length).toBe(1);
      directory[moment] = () => {};
      // A new process on the same storage: it may not touch what the old one could still be doing.
      const restarted = await start();
      expect(await restarted.source.settle()).toBe(0);
      expect((await restarted.send("POST", "/Users", { schemas: [USER], userName: "a" })).status).toBe(503);
      clock.advance(60_000);
      expect(await restarted.source.settle()).toBe(1);
      expect((await restarted.send("GET", "/Users")).body.totalResults).toBe(1);
      expect([directory.users.size, await reservations()]).toEqual([1, 0]);
      const id = [...directory.users.keys()][0];
      expect((await restarted.send("GET", `/Users/${id}`)).body.userName).toBe("a");
    },
  );

  it("settles a change of members and a delete that crashes interrupted", async () => {
    const [a, b] = [await createUser(app, "a"), await createUser(app, "b")];
    const group = await createGroup(app, "g", [a]);
    directory.before = () => NEVER;
    void app.send(
      "PATCH",
      `/Groups/${group}`,
      patch({ op: "remove", path: `members[value eq "${a}"]` }, { op: "add", path: "members", value: [{ value: b }] }),
    );
    void app.send("DELETE", `/Users/${a}`);
    await expect
      .poll(() =>
        directory.calls
          .slice(-2)
          .map((call) => call.method)
          .sort(),
      )
      .toEqual(["changeMembers", "removeUser"]);
    directory.before = () => {};
    const restarted = await start();
    clock.advance(60_000);
    expect(await restarted.source.settle()).toBe(2);
    expect(await memberIds(restarted, group)).toEqual([b]);
    expect(directory.members.get(group)).toEqual(new Set([b]));
    expect((await restarted.send("GET", `/Users/${a}`)).status).toBe(404);
    expect(directory.users.has(a)).toBe(false);
  });
});

describe.each(STORAGE_NAMES)("an unfinished change, over %s storage", (storageName) => {
  setUp(storageName);

  it("never lets a change overtake an unfinished one of the same resource", async () => {
    const user = await createUser(app, "a", { title: "old" });
    directory.before = () => {
      throw new Error("away");
    };
    const set = (title: string) =>
      app.send("PATCH", `/Users/${user}`, patch({ op: "replace", path: "title", value: title }));
    expect((await set("first")).status).toBe(500);
    expect((await set("second")).status).toBe(503);
    clock.advance(1000);
    expect((await set("second")).status).toBe(503);
    directory.before = () => {};
    clock.advance(1000);
    expect((await set("second")).status).toBe(200);
    const titles = directory.calls
      .filter((call) => call.method === "saveUser")
      .map((call) => call.context.resource?.title);
    expect(titles).toEqual(["old", "first", "first", "first", "second"]);
    expect((await app.send("GET", `/Users/${user}`)).body.title).toBe("second");
  });

  it("drops an intent that the directory refuses when it is settled", async () => {
    directory.before = () => {
      throw new Error("away");
    };
    await app.send("POST", "/Users", { schemas: [USER], userName: "a" });
    directory.before = () => {
      throw new ForbiddenError();
    };
    clock.advance(1000);
    expect(await app.source.settle()).toBe(1);
    expect([await reservations(), (await app.send("GET", "/Users")).body.totalResults]).toEqual([0, 0]);
    expect(app.events).toContainEqual(expect.objectContaining({ type: "source.settled", outcome: "discarded" }));
  });
});

describe.each(STORAGE_NAMES)("deliveries at the same time, over %s storage", (storageName) => {
  setUp(storageName);

  it("calls the directory outside of any transaction: other requests go on meanwhile", async () => {
    const gate = Promise.withResolvers<void>();
    directory.before = (_, id) => (directory.calls[0]?.id === id ? gate.promise : undefined);
    const slow = app.send("POST", "/Users", { schemas: [USER], userName: "slow" });
    await expect.poll(() => directory.calls.length).toBe(1);
    await createUser(app, "quick");
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(1);
    gate.resolve();
    expect((await slow).status).toBe(201);
  });

  it("lets one of two simultaneous creates of one name through, and the other conflicts", async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => app.send("POST", "/Users", { schemas: [USER], userName: "same" })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    expect(directory.users.size).toBe(1);
  });
});

describe.each(STORAGE_NAMES)("mappings of a source with a directory, over %s storage", (storageName) => {
  setUp(storageName);

  it("saves what the mappings say, in name order, and nothing of what they skip", async () => {
    const mappings = [
      defineMapping({
        name: "2 name",
        resourceType: "User",
        expression: ({ userName }) => ({ login: userName, badge: 2 }),
      }),
      defineMapping({
        name: "1 name",
        resourceType: "User",
        expression: () => ({ login: "x", badge: 1, first: true }),
      }),
      defineMapping({
        name: "3 skip",
        resourceType: "User",
        expression: ({ userName }) => (String(userName).startsWith("test-") ? skip("a test account") : undefined),
      }),
    ];
    const mapped = await createSourceApp({ storage, directory, mappings, slug: "mapped" });
    const id = await createUser(mapped, "a");
    expect(directory.users.get(id)).toEqual({ id, login: "a", badge: 2, first: true });
    const skipped = await createUser(mapped, "test-a");
    expect(directory.users.has(skipped)).toBe(false);
    expect((await mapped.send("GET", `/Users/${skipped}`)).status).toBe(200);
  });

  it("waits for mappings that return promises, outside of any transaction", async () => {
    let open = 0;
    const during: number[] = [];
    const watched: Storage = {
      ...storage,
      transaction: async (run) => {
        open += 1;
        return storage.transaction(run).finally(() => {
          open -= 1;
        });
      },
    };
    const mappings = [
      defineMapping({
        name: "looked up elsewhere",
        resourceType: "User",
        expression: async ({ userName }) => {
          await new Promise((resume) => setImmediate(resume));
          during.push(open);
          return { login: userName };
        },
      }),
    ];
    const patient = await createSourceApp({ storage: watched, directory, mappings, slug: "patient" });
    const id = await createUser(patient, "a");
    await patient.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "userName", value: "b" }));
    expect([directory.users.get(id), during]).toEqual([{ id, login: "b" }, [0, 0]]);
  });

  it("fails a request whose mapping fails, changes nothing, and tells the observer which mapping it was", async () => {
    const mappings = [
      defineMapping({
        name: "broken",
        expression: () => {
          throw new Error("salary of boss is 7");
        },
      }),
    ];
    const broken = await createSourceApp({ storage, directory, mappings, slug: "broken" });
    const answer = await broken.send("POST", "/Users", { schemas: [USER], userName: "a" });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("salary");
    expect((await broken.send("GET", "/Users")).body.totalResults).toBe(0);
  });
});
