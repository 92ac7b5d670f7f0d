import { createProvider, createProvisioning, type Provider, type Provisioning } from "scimkit/provider";
import { inProcessQueue, type Queue } from "scimkit/queue";
import { memoryStorage, type Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forgetfulQueue, halfForgetfulQueue } from "../helpers/forgetful-queue.ts";
import { hostileQueue } from "../helpers/hostile-queue.ts";
import { storedMarks } from "../helpers/provider-records.ts";
import { createRemoteApp, type RemoteApp } from "../helpers/remote-app.ts";
import { createGroup, createUser, EVERY_STORAGE, patch, USER } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory, type SourceApp } from "../helpers/source-app.ts";

/** A source and a provider that reads it, on one storage. */
interface Scene {
  readonly storage: Storage;
  readonly remote: RemoteApp;
  readonly app: SourceApp;
  readonly provider: Provider;
  readonly errors: unknown[];
}

async function sceneOver(storage: Storage): Promise<Scene> {
  const remote = createRemoteApp();
  const app = await createSourceApp({ storage });
  const directory = app.source.directory();
  const provider = createProvider({ name: "app", client: remote.client, directory, storage });
  return { storage, remote, app, provider, errors: [] };
}

async function provisioningOf({ provider, app, errors }: Scene, queue?: Queue): Promise<Provisioning> {
  const provisioning = createProvisioning({
    providers: [provider],
    sources: [app.source],
    queue,
    pollMs: 20,
    onError: (error) => void errors.push(error),
  });
  await provisioning.start();
  return provisioning;
}

async function names({ remote }: Scene): Promise<unknown[]> {
  return (await remote.all("/Users")).map((user) => user.userName).sort();
}

describe.each(Object.keys(EVERY_STORAGE))("provisioning over %s storage", (name) => {
  let scene: Scene;
  let provisioning: Provisioning;

  beforeEach(async () => {
    scene = await sceneOver(EVERY_STORAGE[name]?.() ?? memoryStorage());
    provisioning = await provisioningOf(scene);
  });
  afterEach(async () => {
    await provisioning.stop();
    await scene.storage.close();
  });

  it("sends every change that comes in by the source, at once and nothing more", async () => {
    const { app, remote, provider, errors } = scene;
    const [ann, bob] = [await createUser(app, "ann"), await createUser(app, "bob")];
    const [from, to] = [await createGroup(app, "from", [ann, bob]), await createGroup(app, "to")];
    await provisioning.idle();
    expect(await names(scene)).toEqual(["ann", "bob"]);
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

  it("commits a mark together with its change, so that a lost hint loses nothing", async () => {
    const { app, storage } = scene;
    await provisioning.stop();
    const dying = await provisioningOf(scene, forgetfulQueue());
    const ann = await createUser(app, "ann");
    await dying.stop();
    expect(await storedMarks(storage)).toEqual([`User/${ann}`]);
    // The next process finds the mark.
    provisioning = await provisioningOf(scene);
    await provisioning.idle();
    expect(await names(scene)).toEqual(["ann"]);
    expect(await storedMarks(storage)).toEqual([]);
  });

  it("leaves no mark of a transaction that failed", async () => {
    const failing = scene.storage.transaction(async (tx) => {
      await provisioning.notify({ type: "user.changed", id: "u1" }, { tx });
      throw new TypeError("the application changed its mind");
    });
    await expect(failing).rejects.toThrow("changed its mind");
    expect(await storedMarks(scene.storage)).toEqual([]);
  });

  it.each([
    ["tells of its commit", (tx: Storage): Storage => tx],
    ["tells nobody of its commit", (tx: Storage): Storage => ({ ...tx, afterCommit: undefined })],
  ])("is not idle while a change is due that was noted in a transaction which %s", async (_what, seen) => {
    const { storage, app } = scene;
    await provisioning.stop();
    const ann = await createUser(app, "ann");
    await provisioning.start();
    await provisioning.idle();
    expect(await names(scene)).toEqual([]);
    await storage.transaction((tx) => provisioning.notify({ type: "user.changed", id: ann }, { tx: seen(tx) }));
    await provisioning.idle();
    expect(await names(scene)).toEqual(["ann"]);
    expect(await storedMarks(storage)).toEqual([]);
  });

  it("is notified of what a source with a directory kept, and not of what the directory rejected", async () => {
    const { storage, remote } = scene;
    const directory = new RecordingDirectory();
    const mirrored = await createSourceApp({ storage, directory, slug: "mirrored" });
    const reading = mirrored.source.directory();
    const both = createProvider({ name: "both", client: remote.client, directory: reading, storage });
    const watching = createProvisioning({ providers: [both], sources: [mirrored.source] });
    await watching.start();
    await createUser(mirrored, "ann");
    directory.before = () => {
      throw new TypeError("away");
    };
    await mirrored.send("POST", "/Users", { schemas: [USER], userName: "bob" });
    await watching.idle();
    await watching.stop();
    expect(await names(scene)).toEqual(["ann"]);
  });
});

describe("provisioning of a source with a directory", () => {
  it("settles at once what an outage left, and passes it on", async () => {
    const storage = memoryStorage();
    const remote = createRemoteApp();
    const directory = new RecordingDirectory();
    const clock = createTestClock();
    const app = await createSourceApp({ storage, directory, timer: false, now: clock.now });
    directory.before = () => {
      throw new TypeError("away");
    };
    await app.send("POST", "/Users", { schemas: [USER], userName: "ann" });
    directory.before = () => {};
    clock.advance(1000);
    const reading = app.source.directory();
    const provider = createProvider({ name: "app", client: remote.client, directory: reading, storage });
    const provisioning = createProvisioning({ providers: [provider], sources: [app.source] });
    await provisioning.start();
    await provisioning.idle();
    await provisioning.stop();
    expect(app.events).toContainEqual(expect.objectContaining({ type: "source.settled", outcome: "committed" }));
    expect((await remote.all("/Users")).map((user) => user.userName)).toEqual(["ann"]);
  });
});

describe("provisioning over a queue", () => {
  it.each<[string, () => Queue]>([
    ["delivers late, twice and in another order", () => hostileQueue(inProcessQueue())],
    ["forgets one key of two", halfForgetfulQueue],
    ["does both", () => hostileQueue(halfForgetfulQueue())],
  ])("that %s sends every change, and each object once", async (_what, queue) => {
    const scene = await sceneOver(memoryStorage());
    const { app, remote, storage, errors } = scene;
    const provisioning = await provisioningOf(scene, queue());
    const ids: string[] = [];
    for (let index = 0; index < 20; index += 1) ids.push(await createUser(app, `user-${index}`));
    await createGroup(app, "all", ids);
    await provisioning.idle();
    for (const id of ids.slice(0, 10)) {
      await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "Boss" }));
    }
    await app.send("DELETE", `/Users/${ids[19]}`);
    await provisioning.idle();
    await provisioning.stop();
    const users = await remote.all("/Users");
    expect(users).toHaveLength(19);
    expect(users.filter((user) => user.title === "Boss")).toHaveLength(10);
    expect(remote.log.filter((line) => line === "POST /Users")).toHaveLength(20);
    expect(await storedMarks(storage)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
