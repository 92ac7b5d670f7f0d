import { ForbiddenError } from "scimkit/errors";
import type { PendingDelivery, SourceDirectory } from "scimkit/source";
import type { Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGroup, createUser, memberIds, patch, STORAGES } from "../../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  type TestClock,
} from "../../helpers/source-app.ts";

const setTitle = (title: string): object => patch({ op: "replace", path: "title", value: title });
const addMembers = (...ids: string[]): object =>
  patch({ op: "add", path: "members", value: ids.map((value) => ({ value })) });
const removeMember = (id: string): object => patch({ op: "remove", path: `members[value eq "${id}"]` });

let storage: Storage;
let directory: RecordingDirectory;
let clock: TestClock;
let app: SourceApp;

const start = (options: { directory?: SourceDirectory } = {}) =>
  createSourceApp({ storage, directory, now: clock.now, delivery: "outbox", timer: false, guard: false, ...options });

/** Lets time pass and delivers what is due, until nothing is. */
async function deliverAll(source = app.source): Promise<void> {
  await source.idle();
  for (let round = 0; round < 8; round += 1) {
    clock.advance(120_000);
    await source.settle();
  }
}

/** What waits in the outbox. */
async function pending(state?: PendingDelivery["state"], source = app.source): Promise<PendingDelivery[]> {
  const found: PendingDelivery[] = [];
  for await (const each of source.deliveries.list({ state })) found.push(each);
  return found;
}

/** How often each method was called for an object. */
const methodsFor = (id: string): string[] =>
  directory.calls.filter((call) => call.id === id).map(({ method, context }) => `${method} ${context.event}`);

const failFor = (id: string, error: unknown): void => {
  directory.before = (_method, called) => {
    if (called === id) throw error;
  };
};

describe.each(Object.keys(STORAGES))("an outbox over %s storage", (name) => {
  beforeEach(async () => {
    storage = STORAGES[name]?.() as Storage;
    directory = new RecordingDirectory();
    clock = createTestClock();
    app = await start();
  });
  afterEach(async () => {
    await app.source.idle();
    await storage.close();
  });

  it("answers before the directory is called, and delivers right after the commit", async () => {
    const gate = Promise.withResolvers<void>();
    directory.before = () => gate.promise;
    const id = await createUser(app, "ada");
    expect((await app.send("GET", `/Users/${id}`)).status).toBe(200);
    expect(await pending("waiting")).toEqual([
      expect.objectContaining({
        tries: 0,
        resourceType: "User",
        resourceId: id,
        changes: 1,
        state: "waiting",
      }),
    ]);
    gate.resolve();
    await app.source.idle();
    expect(directory.users.get(id)).toMatchObject({ id, userName: "ada" });
    expect(await pending()).toEqual([]);
    expect(await storage.state.scan("outbox-queues", { take: 10 })).toEqual([]);
  });

  it("delivers the changes of an object in their order, each once, whatever fails between", async () => {
    const id = await createUser(app, "ada");
    await app.source.idle();
    failFor(id, new Error("away"));
    for (const title of ["one", "two", "three"]) await app.send("PATCH", `/Users/${id}`, setTitle(title));
    await app.source.idle();
    const titles: unknown[] = [];
    directory.before = () => {};
    directory.after = (_method, called) => void titles.push(directory.users.get(called)?.title);
    await deliverAll();
    expect(titles).toEqual(["one", "two", "three"]);
    const keys = directory.calls.map(({ context }) => context.idempotencyKey);
    expect(new Set(keys).size).toBe(4);
  });

  it("waits longer after each failure, up to an hour, and reports what keeps it", async () => {
    const id = await createUser(app, "ada");
    await app.source.idle();
    failFor(id, new Error("away"));
    await app.send("PATCH", `/Users/${id}`, setTitle("x"));
    await app.source.idle();
    const times: number[] = [];
    let last = clock.now();
    for (let round = 0; round < 4000 && times.length < 14; round += 1) {
      const calls = directory.calls.length;
      clock.advance(1000);
      await app.source.settle();
      if (directory.calls.length === calls) continue;
      times.push((clock.now() - last) / 1000);
      last = clock.now();
    }
    expect(times.slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
    expect(times.at(-1)).toBeLessThanOrEqual(3600);
    expect(await pending()).toMatchObject([{ state: "waiting", changes: 1, reason: "away" }]);
    expect(await app.source.health()).toMatchObject({ state: "stuck", waiting: 1 });
    expect(app.events).toContainEqual(expect.objectContaining({ type: "source.unsettled", id }));
  });
});

describe.each(Object.keys(STORAGES))("a dead letter in an outbox over %s storage", (name) => {
  beforeEach(async () => {
    storage = STORAGES[name]?.() as Storage;
    directory = new RecordingDirectory();
    clock = createTestClock();
    app = await start();
  });
  afterEach(async () => {
    await app.source.idle();
    await storage.close();
  });

  it("is made of a change that the directory rejects five times; only that object waits for it", async () => {
    const [bad, good] = [await createUser(app, "bad"), await createUser(app, "good")];
    await app.source.idle();
    failFor(bad, new ForbiddenError("The account is frozen"));
    await app.send("PATCH", `/Users/${bad}`, setTitle("first"));
    await app.send("PATCH", `/Users/${bad}`, setTitle("second"));
    await app.send("PATCH", `/Users/${good}`, setTitle("first"));
    await deliverAll();
    expect(directory.users.get(good)?.title).toBe("first");
    const [dead, ...others] = await pending("dead");
    expect([dead, others]).toMatchObject([
      { resourceId: bad, tries: 5, changes: 2, reason: "The account is frozen", nextTry: undefined },
      [],
    ]);
    directory.before = () => {};
    await deliverAll();
    expect(directory.users.get(bad)?.title).toBeUndefined();
    await app.source.deliveries.replay(dead?.id ?? "");
    await app.source.settle();
    expect(directory.users.get(bad)?.title).toBe("second");
    expect(methodsFor(bad).slice(-2)).toEqual(["saveUser updated", "saveUser updated"]);
    expect(await pending()).toEqual([]);
  });

  it("that is discarded lets the others go on", async () => {
    const id = await createUser(app, "ada");
    await app.source.idle();
    failFor(id, new ForbiddenError("no"));
    await app.send("PATCH", `/Users/${id}`, setTitle("first"));
    await deliverAll();
    await app.send("DELETE", `/Users/${id}`);
    directory.before = () => {};
    await deliverAll();
    expect(directory.users.has(id)).toBe(true);
    const [dead] = await pending("dead");
    await app.source.deliveries.discard(dead?.id ?? "");
    await app.source.settle();
    expect([directory.users.has(id), await pending()]).toEqual([false, []]);
    await expect(app.source.deliveries.discard(dead?.id ?? "")).rejects.toMatchObject({ status: 404 });
    await expect(app.source.deliveries.replay("no/such/thing")).rejects.toMatchObject({ status: 404 });
  });
});

describe.each(Object.keys(STORAGES))("groups in an outbox over %s storage", (name) => {
  /** Members that the directory did not have when `changeMembers` named them, and groups that it did not have. */
  let strangers: string[] = [];
  beforeEach(async () => {
    storage = STORAGES[name]?.() as Storage;
    directory = new RecordingDirectory();
    clock = createTestClock();
    strangers = [];
    const change = directory.changeMembers.bind(directory);
    directory.changeMembers = async (groupId, delta, context) => {
      const known = new Set([...directory.users.keys(), ...directory.groups.keys()]);
      strangers.push(...[groupId, ...delta.added.map(({ value }) => value)].filter((id) => !known.has(id)));
      return change(groupId, delta, context);
    };
    app = await start();
  });
  afterEach(async () => {
    await app.source.idle();
    await storage.close();
  });

  it("follow their members: a membership is delivered when the directory has the member", async () => {
    const [early, group] = [await createUser(app, "early"), await createGroup(app, "g")];
    await app.source.idle();
    let isAway = true;
    directory.before = (method) => {
      if (isAway && method === "saveUser") throw new ForbiddenError("not yet");
    };
    const late = await createUser(app, "late");
    await app.send("PATCH", `/Groups/${group}`, addMembers(early, late));
    await deliverAll();
    expect(directory.members.get(group)).toEqual(new Set([early]));
    expect(await pending()).toMatchObject([{ state: "dead", resourceId: late }]);
    isAway = false;
    const [dead] = await pending();
    await app.source.deliveries.replay(dead?.id ?? "");
    await app.source.settle();
    expect(directory.members.get(group)).toEqual(new Set([early, late]));
    expect([strangers, await storage.state.scan("outbox-queues", { take: 9 })]).toEqual([[], []]);
  });

  it("get no member that was deleted or removed before the change was delivered", async () => {
    const [a, b, group] = [await createUser(app, "a"), await createUser(app, "b"), await createGroup(app, "g")];
    await app.source.idle();
    failFor(group, new Error("away"));
    await app.send("PATCH", `/Groups/${group}`, addMembers(a, b));
    await app.send("DELETE", `/Users/${a}`);
    await app.send("PATCH", `/Groups/${group}`, removeMember(b));
    await app.source.idle();
    directory.before = () => {};
    await deliverAll();
    expect([directory.members.get(group) ?? new Set(), strangers]).toEqual([new Set(), []]);
    expect(await memberIds(app, group)).toEqual([]);
  });

  it("and members agree at the end, whatever is slow, rejected or repeated", async () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    directory.before = () => {
      const dice = random(10);
      if (dice === 0) throw new Error("away");
      if (dice === 1) throw new ForbiddenError("no");
    };
    directory.after = () => {
      if (random(10) === 0) throw new Error("lost");
    };
    const users: string[] = [];
    const groups: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      const [user = "", group = ""] = [users[random(users.length || 1)], groups[random(groups.length || 1)]];
      const dice = random(8);
      if (dice < 2 || users.length === 0) users.push(await createUser(app, `user ${n}`));
      else if (dice === 2 || groups.length === 0) groups.push(await createGroup(app, `group ${n}`));
      else if (dice === 3) await app.send("PATCH", `/Users/${user}`, setTitle(`title ${n}`));
      else if (dice < 6) await app.send("PATCH", `/Groups/${group}`, addMembers(user));
      else if (dice === 6) await app.send("PATCH", `/Groups/${group}`, removeMember(user));
      else if (users.length > 3) {
        await app.send("DELETE", `/Users/${user}`);
        users.splice(users.indexOf(user), 1);
      }
    }
    await deliverAll();
    directory.before = () => {};
    directory.after = () => {};
    for (const { id } of await pending("dead")) {
      await app.source.deliveries.replay(id);
    }
    await deliverAll();
    expect(await pending()).toEqual([]);
    expect([...directory.users.keys()].sort()).toEqual([...users].sort());
    for (const group of groups) {
      expect([...(directory.members.get(group) ?? [])].sort()).toEqual([...(await memberIds(app, group))].sort());
    }
    expect(strangers).toEqual([]);
  });
});

describe("two processes with one outbox", () => {
  it("deliver each change once, and take over what the other one left behind", async () => {
    storage = STORAGES.memory?.() as Storage;
    directory = new RecordingDirectory();
    clock = createTestClock();
    const never = new Promise<never>(() => {});
    app = await start();
    const id = await createUser(app, "ada");
    await app.source.idle();
    directory.before = () => never;
    await app.send("PATCH", `/Users/${id}`, setTitle("x"));
    await expect.poll(() => directory.calls.length).toBe(2);
    directory.before = () => {};
    const other = await start();
    await Promise.all([other.source.settle(), other.source.settle()]);
    expect(directory.calls).toHaveLength(2);
    clock.advance(60_000);
    const third = await start();
    const settled = await Promise.all([other.source.settle(), third.source.settle()]);
    expect([settled.sort(), directory.calls.length]).toEqual([[0, 1], 3]);
    expect(directory.users.get(id)?.title).toBe("x");
  });
});
