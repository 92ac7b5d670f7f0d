import { PreconditionFailedError, ScimError } from "scimkit/errors";
import { createSource } from "scimkit/source";
import { memoryStorage, type Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGroup, createUser, memberIds, patch, STORAGES, USER } from "../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  type TestClock,
} from "../helpers/source-app.ts";

/** A call that never comes back. */
const NEVER: Promise<never> = new Promise(() => {});

const setTitle = (title: string): object => patch({ op: "replace", path: "title", value: title });
const addMembers = (...ids: string[]): object =>
  patch({ op: "add", path: "members", value: ids.map((value) => ({ value })) });

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
    app = await createSourceApp({ storage, directory, now: clock.now });
  });
  afterEach(() => storage.close());
}

const intents = async (): Promise<number> => (await storage.state.scan("intents", { take: 100 })).length;

describe.each(STORAGE_NAMES)("a directory that misbehaves, over %s storage", (storageName) => {
  setUp(storageName);

  it("is called once if it rejects with a 412, and the rejection is a 409", async () => {
    const user = await createUser(app, "a");
    const told = directory.calls.length;
    directory.before = () => {
      throw new PreconditionFailedError("The account is frozen");
    };
    const answer = await app.send("PATCH", `/Users/${user}`, setTitle("t"));
    expect([answer.status, answer.body.detail]).toEqual([409, "The account is frozen"]);
    expect([directory.calls.length - told, await intents()]).toEqual([1, 0]);
  });

  it.each([
    undefined,
    null,
    "text",
    { status: 404 },
    new ScimError("fine", { status: 200 }),
    new ScimError("away", { status: 503 }),
  ])("leaves the change to be settled when it throws %s", async (thrown) => {
    const user = await createUser(app, "a");
    directory.before = () => {
      throw thrown;
    };
    expect((await app.send("PATCH", `/Users/${user}`, setTitle("t"))).status).toBeGreaterThanOrEqual(500);
    expect((await app.send("GET", `/Users/${user}`)).body).not.toHaveProperty("title");
    directory.before = () => {};
    clock.advance(1000);
    expect(await app.source.settle()).toBe(1);
    expect((await app.send("GET", `/Users/${user}`)).body.title).toBe("t");
  });

  it("is given up when the lease is over; requests go on, and the change is settled later", async () => {
    const hasty = await createSourceApp({ storage, directory, now: clock.now, slug: "hasty", deliveryLeaseMs: 20 });
    directory.before = () => NEVER;
    const answer = await hasty.send("POST", "/Users", { schemas: [USER], userName: "a" });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await hasty.send("GET", "/Users")).body.totalResults).toBe(0);
    directory.before = () => {};
    clock.advance(1000);
    expect(await hasty.source.settle()).toBe(1);
    expect((await hasty.send("GET", "/Users")).body.totalResults).toBe(1);
  });

  it("keeps no member that was deleted while it got the membership", async () => {
    const [a, b] = [await createUser(app, "a"), await createUser(app, "b")];
    const group = await createGroup(app, "g");
    const gate = Promise.withResolvers<void>();
    directory.before = (method) => (method === "changeMembers" ? gate.promise : undefined);
    const slow = app.send("PATCH", `/Groups/${group}`, addMembers(a, b));
    await expect.poll(() => directory.calls.at(-1)?.method).toBe("changeMembers");
    expect((await app.send("DELETE", `/Users/${a}`)).status).toBe(204);
    gate.resolve();
    expect((await slow).status).toBe(204);
    expect(await memberIds(app, group)).toEqual([b]);
    expect(directory.members.get(group)).toEqual(new Set([b]));
    const keys = directory.calls.filter(({ method }) => method === "changeMembers").map((call) => call.context);
    expect(new Set(keys.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    expect(await intents()).toBe(0);
  });

  it("keeps nobody as a member who was deleted before a membership was settled", async () => {
    const user = await createUser(app, "a");
    const group = await createGroup(app, "g");
    directory.before = (method) => {
      if (method === "changeMembers") throw new Error("away");
    };
    expect((await app.send("PATCH", `/Groups/${group}`, addMembers(user))).status).toBe(500);
    directory.before = () => {};
    expect((await app.send("DELETE", `/Users/${user}`)).status).toBe(204);
    clock.advance(1000);
    await app.source.settle();
    expect([await memberIds(app, group), directory.members.get(group), await intents()]).toEqual([[], new Set(), 0]);
  });
});

describe.each(STORAGE_NAMES)("a change that others interfere with, over %s storage", (storageName) => {
  setUp(storageName);

  it("does not leave a resource locked forever when something else wrote to the storage", async () => {
    const user = await createUser(app, "a");
    directory.before = () => {
      throw new Error("away");
    };
    await app.send("PATCH", `/Users/${user}`, setTitle("promised"));
    directory.before = () => {};
    const partition = { tenant: (await app.source.identity()).id, type: "User" };
    const stored = await storage.resources.find(partition, user);
    if (stored === undefined) throw new Error("the user is there");
    await storage.resources.replace(partition, { ...stored, version: "past the source" }, stored.version);
    clock.advance(1000);
    expect(await app.source.settle()).toBe(1);
    expect(await intents()).toBe(0);
    expect(app.events).toContainEqual(expect.objectContaining({ type: "source.settled", outcome: "discarded" }));
    expect((await app.send("PATCH", `/Users/${user}`, setTitle("next"))).status).toBe(200);
    expect(directory.users.get(user)).toMatchObject({ id: user });
    expect(directory.calls.at(-1)?.context.resource?.title).toBe("next");
  });

  it("is called once for a change that is settled by several at once", async () => {
    directory.before = () => {
      throw new Error("away");
    };
    await app.send("POST", "/Users", { schemas: [USER], userName: "a" });
    directory.before = () => {};
    clock.advance(1000);
    const told = directory.calls.length;
    const other = createSource({ slug: "people", baseUrl: "https://app.example", storage, directory, now: clock.now });
    const settled = await Promise.all([app.source.settle(), app.source.settle(), other.settle()]);
    expect([settled.reduce((sum, count) => sum + count), directory.calls.length - told]).toEqual([1, 1]);
  });

  it("[req 75] never responds to a create with a 412, though another process reserves the same name meanwhile", async () => {
    // The other process commits its intent between our look for standing ones and our own.
    let waiting = Number.POSITIVE_INFINITY;
    const both = Promise.withResolvers<void>();
    const meeting: Storage = {
      ...storage,
      transaction: async (run) => {
        waiting -= 1;
        if (waiting === 0) both.resolve();
        if (waiting < 2) await both.promise;
        return storage.transaction(run);
      },
    };
    const apps = await Promise.all(
      [1, 2].map(() => createSourceApp({ storage: meeting, directory, now: clock.now, slug: "two" })),
    );
    waiting = 2;
    const answers = await Promise.all(
      apps.map((each) => each.send("POST", "/Users", { schemas: [USER], userName: "same" })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 503]);
    expect([...directory.users.values()].filter(({ userName }) => userName === "same")).toHaveLength(1);
  });
});

describe("the identity of a source", () => {
  it("is found by its id under another slug, service account and all", async () => {
    const storage = memoryStorage();
    const make = (options: { slug: string; id?: string }) =>
      createSource({ baseUrl: "https://app.example", storage, ...options });
    const first = await make({ slug: "first" }).identity();
    expect(await make({ slug: "second", id: first.id }).identity()).toEqual(first);
    expect((await make({ slug: "first" }).identity()).id).not.toBe(first.id);
    expect((await make({ slug: "third", id: "slug:first" }).identity()).id).toBe("slug:first");
  });

  it("is refused where the slug belongs to another source", async () => {
    const storage = memoryStorage();
    const make = (id?: string) => createSource({ slug: "people", baseUrl: "https://app.example", storage, id });
    const { id } = await make().identity();
    await expect(make("other").identity()).rejects.toThrow(`"people" belongs to the source ${id}, and not to other`);
    expect((await make(id).identity()).id).toBe(id);
  });

  it("is made once, however many processes use the slug for the first time", async () => {
    const storage = memoryStorage();
    const make = () => createSource({ slug: "people", baseUrl: "https://app.example", storage });
    const made = await Promise.all(Array.from({ length: 10 }, () => make().identity()));
    expect(new Set(made.map((identity) => JSON.stringify(identity))).size).toBe(1);
    expect(await storage.state.scan("sources", { take: 100 })).toHaveLength(2);
  });
});
