import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arrayDirectory } from "../../src/directory/array-directory.ts";
import { createProvider, type Provider } from "../../src/provider/create-provider.ts";
import { createProvisioning, type Provisioning } from "../../src/provider/create-provisioning.ts";
import type { Job, Queue, Worker } from "../../src/queue/queue.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createRemoteApp, type RemoteApp } from "../helpers/remote-app.ts";
import { createGroup, createUser, EVERY_STORAGE, patch } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory, type SourceApp } from "../helpers/source-app.ts";

/** A queue that loses every job, as a process does that dies. */
function forgetfulQueue(): Queue & { readonly workers: Map<string, Worker>; readonly jobs: Job[] } {
  const workers = new Map<string, Worker>();
  const jobs: Job[] = [];
  return {
    workers,
    jobs,
    add: async (job) => void jobs.push(job),
    work: (name, worker) => void workers.set(name, worker),
    schedule: () => {},
    start: async () => {},
    stop: async () => {},
    idle: async () => {},
  };
}

describe.each(Object.keys(EVERY_STORAGE))("provisioning over %s storage", (name) => {
  let storage: Storage;
  let remote: RemoteApp;
  let app: SourceApp;
  let provider: Provider;
  let provisioning: Provisioning;
  const errors: unknown[] = [];

  beforeEach(async () => {
    storage = EVERY_STORAGE[name]?.() ?? memoryStorage();
    remote = createRemoteApp();
    app = await createSourceApp({ storage });
    provider = createProvider({ name: "app", client: remote.client, directory: app.source.directory(), storage });
    errors.splice(0);
    provisioning = createProvisioning({
      providers: [provider],
      sources: [app.source],
      onError: (error) => void errors.push(error),
    });
    await provisioning.start();
  });
  afterEach(async () => {
    await provisioning.stop();
    await storage.close();
  });

  it("sends every change that comes in by the source, at once and nothing more", async () => {
    const [ann, bob] = [await createUser(app, "ann"), await createUser(app, "bob")];
    const [from, to] = [await createGroup(app, "from", [ann, bob]), await createGroup(app, "to")];
    await provisioning.idle();
    expect((await remote.all("/Users")).map((user) => user.userName).sort()).toEqual(["ann", "bob"]);
    remote.drain();
    await app.send("PATCH", `/Users/${ann}`, patch({ op: "replace", path: "title", value: "Boss" }));
    await provisioning.idle();
    expect(remote.writes()).toEqual(["PUT /Users/{id}"]);
    remote.drain();
    await app.send("PATCH", `/Groups/${from}`, patch({ op: "remove", path: `members[value eq "${bob}"]` }));
    await app.send("PATCH", `/Groups/${to}`, patch({ op: "add", path: "members", value: [{ value: bob }] }));
    await provisioning.idle();
    expect(remote.writes()).toEqual(["PATCH /Groups/{id}", "PATCH /Groups/{id}"]);
    remote.drain();
    await app.send("DELETE", `/Users/${ann}`);
    await provisioning.idle();
    expect(remote.writes()).toEqual(["DELETE /Users/{id}"]);
    expect((await provider.sync()).counts.writes).toBe(0);
    expect(errors).toEqual([]);
  });

  it("commits a mark together with its change, so that a lost job loses nothing", async () => {
    await provisioning.stop();
    const queue = forgetfulQueue();
    const deaf = createProvisioning({ providers: [provider], sources: [app.source], queue });
    await deaf.start();
    const ann = await createUser(app, "ann");
    expect((await provider.marks.due(Date.now() + 1000, 10)).map((mark) => mark.key)).toEqual([`User/${ann}`]);
    await deaf.stop();
    // The next process finds the mark.
    const next = createProvisioning({ providers: [provider] });
    await next.start();
    await next.idle();
    await next.stop();
    expect((await remote.all("/Users")).map((user) => user.userName)).toEqual(["ann"]);
    expect(await provider.marks.due(Date.now() + 1000, 10)).toEqual([]);
  });

  it("leaves no mark of a transaction that failed", async () => {
    await expect(
      storage.transaction(async (tx) => {
        await provisioning.notify({ type: "user.changed", id: "u1" }, { tx });
        throw new Error("the application changed its mind");
      }),
    ).rejects.toThrow("changed its mind");
    expect(await provider.marks.due(Date.now() + 1000, 10)).toEqual([]);
  });

  it("keeps the mark of an object that failed, and looks at it again", async () => {
    await provisioning.stop();
    const clock = createTestClock();
    const queue = forgetfulQueue();
    const patient = createProvisioning({
      providers: [provider],
      queue,
      now: clock.now,
      retryMs: 1000,
      onError: (error) => void errors.push(error),
    });
    const look = queue.workers.get("look:app");
    const ann = await createUser(app, "ann");
    await patient.notify({ type: "user.changed", id: ann });
    remote.fault = () => Response.json({ schemas: [], status: "400" }, { status: 400 });
    await look?.({ name: "look:app", key: `User/${ann}` });
    expect(errors).toHaveLength(1);
    remote.fault = () => undefined;
    await look?.({ name: "look:app", key: `User/${ann}` });
    expect(await remote.all("/Users")).toEqual([]);
    clock.advance(1000);
    await look?.({ name: "look:app", key: `User/${ann}` });
    expect(await remote.all("/Users")).toHaveLength(1);
    expect(await provider.marks.due(clock.now(), 10)).toEqual([]);
  });

  it("hears of what a source with a directory kept, and not of what that refused", async () => {
    const directory = new RecordingDirectory();
    const mirrored = await createSourceApp({ storage, directory, slug: "mirrored" });
    const both = createProvider({
      name: "both",
      client: remote.client,
      directory: mirrored.source.directory(),
      storage,
    });
    const watching = createProvisioning({ providers: [both], sources: [mirrored.source] });
    await watching.start();
    await createUser(mirrored, "ann");
    directory.before = () => {
      throw new Error("away");
    };
    await mirrored.send("POST", "/Users", { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "bob" });
    await watching.idle();
    await watching.stop();
    expect((await remote.all("/Users")).map((user) => user.userName)).toEqual(["ann"]);
  });
});

describe("options of provisioning", () => {
  it("refuses two providers of one name, and a schedule that is none", () => {
    const remote = createRemoteApp();
    const directory = arrayDirectory({ users: [], groups: [] });
    const provider = createProvider({ name: "app", client: remote.client, directory, storage: memoryStorage() });
    expect(() => createProvisioning({ providers: [provider, provider] })).toThrow("two are called app");
    expect(() => createProvisioning({ providers: [provider], schedule: "hourly" })).toThrow("schedule");
  });

  it.each([
    [{ name: "Not A Name" }, "name"],
    [{ scope: { memberOf: [] } }, "memberOf"],
    [{ deprovision: { deleted: "shred" } }, "deleted"],
    [{ pageSize: 0 }, "pageSize"],
    [{ nonsense: 1 }, "nonsense"],
    [{ client: {} }, "client"],
  ])("refuses a provider with %j, naming the option", (wrong, named) => {
    const remote = createRemoteApp();
    const directory = arrayDirectory({ users: [], groups: [] });
    const options = { name: "app", client: remote.client, directory, storage: memoryStorage(), ...wrong };
    expect(() => createProvider(options as never)).toThrow(TypeError);
    expect(() => createProvider(options as never)).toThrow(named);
  });
});
