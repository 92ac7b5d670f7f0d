import type { ScimEvent } from "scimkit";
import { arrayDirectory, type DirectoryChange } from "scimkit/directory";
import {
  type ChangeListener,
  createProvider,
  createProvisioning,
  type Provider,
  type ProvisioningOptions,
  type ProvisioningSource,
} from "scimkit/provider";
import { memoryStorage, type Storage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { forgetfulQueue } from "../helpers/forgetful-queue.ts";
import { storedMarks } from "../helpers/provider-records.ts";
import { createRemoteApp } from "../helpers/remote-app.ts";
import { createUser } from "../helpers/scim-app.ts";
import { createSourceApp } from "../helpers/source-app.ts";

function providerOver(storage: Storage, name = "app", tenant = "default"): Provider {
  const directory = arrayDirectory({ users: [], groups: [] });
  return createProvider({ tenant, name, client: createRemoteApp().client, directory, storage });
}

/** A source that announces what it is told to, in a transaction of its storage. */
function sourceOver(storage: Storage, shown: Partial<ProvisioningSource> = { storage, slug: "people" }) {
  const listeners = new Set<ChangeListener>();
  const source: ProvisioningSource = {
    ...shown,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const announce = (...changes: DirectoryChange[]): Promise<void> =>
    storage.transaction(async (tx) => {
      for (const listener of listeners) await listener(changes, tx);
    });
  return { source, announce, listeners };
}

/** Makes provisioning, and returns its warnings. */
function warningsOf(options: ProvisioningOptions): ScimEvent[] {
  const events: ScimEvent[] = [];
  createProvisioning({ ...options, observe: (event) => void events.push(event) });
  return events;
}

const annChanged: DirectoryChange = { type: "user.changed", id: "ann" };

describe("a source and a provider on different storages", () => {
  const [here, there] = [memoryStorage(), memoryStorage()];

  it("are a warning that names both, since changes wait for the next full sync", () => {
    expect(warningsOf({ providers: [providerOver(here)], sources: [sourceOver(there).source] })).toEqual([
      { type: "provisioning.warning", reason: expect.stringContaining("next full sync"), source: "people" },
      {
        ...{ type: "provisioning.warning", reason: expect.stringContaining("next full sync") },
        ...{ provider: "app", tenant: "default" },
      },
    ]);
  });

  it("are a warning that names the source's place where the source has no slug", () => {
    const { source } = sourceOver(there, { storage: there });
    const warnings = warningsOf({ providers: [providerOver(here)], sources: [source] });
    expect(warnings[0]).toMatchObject({ source: "0" });
  });

  it("are a TypeError where there is no schedule, since nothing could ever arrive", () => {
    const options = { providers: [providerOver(here)], sources: [sourceOver(there).source] };
    expect(() => createProvisioning({ ...options, schedule: false })).toThrow(TypeError);
    expect(() => createProvisioning({ ...options, schedule: false })).toThrow(
      "sources.0: its changes reach no provider",
    );
  });

  it("are a warning about the source of createSource too", async () => {
    const app = await createSourceApp({ storage: there });
    expect(warningsOf({ providers: [providerOver(here)], sources: [app.source] })).toHaveLength(2);
    const directory = app.source.directory();
    const provider = createProvider({ name: "app", client: createRemoteApp().client, directory, storage: there });
    expect(warningsOf({ providers: [provider], sources: [app.source] })).toEqual([]);
  });

  it("give no warning if each source has its provider", () => {
    const providers = [providerOver(here), providerOver(there, "other")];
    const sources = [sourceOver(here).source, sourceOver(there).source];
    expect(warningsOf({ providers, sources, schedule: false })).toEqual([]);
    expect(warningsOf({ providers })).toEqual([]);
    expect(warningsOf({ providers: [], sources })).toEqual([]);
  });

  it("leave each other's storages alone: a change is marked for the providers of its own storage", async () => {
    const [own, other] = [memoryStorage(), memoryStorage()];
    const { source, announce, listeners } = sourceOver(own);
    const providers = [providerOver(own), providerOver(other, "other")];
    const provisioning = createProvisioning({ providers, sources: [source], queue: forgetfulQueue() });
    await provisioning.start();
    await announce(annChanged, { type: "membership.changed", groupId: "g", userId: "ann" });
    await provisioning.stop();
    expect(listeners.size).toBe(0);
    expect(await storedMarks(own)).toEqual(["User/ann"]);
    expect(await storedMarks(other)).toEqual([]);
  });

  it("are not to be told apart where a source does not say its storage: one storage is taken for granted, several are a TypeError", async () => {
    const { source, announce } = sourceOver(here, {});
    const provisioning = createProvisioning({
      providers: [providerOver(here)],
      sources: [source],
      queue: forgetfulQueue(),
    });
    await provisioning.start();
    await announce({ type: "group.deleted", id: "g" });
    await provisioning.stop();
    expect(await storedMarks(here)).toEqual(["Group/g"]);
    const providers = [providerOver(here), providerOver(there, "other")];
    expect(() => createProvisioning({ providers, sources: [source] })).toThrow("sources.0: must have a storage");
  });
});

describe("notify", () => {
  it.each<[string, unknown, string]>([
    ["a type that there is not", { type: "user.change", id: "1" }, "type: there is no user.change"],
    ["constructor as a type", { type: "constructor", id: "1" }, "type: there is no constructor"],
    ["a resource type that there is not", { type: "constructor.changed", id: "1" }, "no constructor.changed"],
    ["another resource type", { type: "device.changed", id: "1" }, "no device.changed"],
    ["a type that is none", { type: Symbol("user.changed"), id: "1" }, "type: there is no Symbol(user.changed)"],
    ["no type", {}, "type: there is no undefined"],
    ["no event", undefined, "type: there is no undefined"],
    ["null", null, "type: there is no undefined"],
    ["no id", { type: "user.changed" }, "id: must be a text"],
    ["an empty id", { type: "group.deleted", id: "" }, "id: must be a text"],
    ["an id that is a number", { type: "user.changed", id: 1 }, "id: must be a text"],
    ["a membership without its user", { type: "membership.changed", groupId: "g" }, "userId: must be a text"],
  ])("refuses %s", async (_what, event, reason) => {
    const storage = memoryStorage();
    const provisioning = createProvisioning({ providers: [providerOver(storage)] });
    const failure = await provisioning.notify(event as never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(String(failure)).toContain(reason);
    expect(await storedMarks(storage)).toEqual([]);
  });

  it("marks an object for every provider, whatever its id is called", async () => {
    const storage = memoryStorage();
    const providers = [providerOver(storage), providerOver(storage, "other"), providerOver(storage, "app", "acme")];
    const provisioning = createProvisioning({ providers });
    for (const id of ["constructor", "a/b", "__proto__", "3:x/User/1"]) {
      await provisioning.notify({ type: "user.changed", id });
    }
    const marks = await storedMarks(storage);
    expect(marks).toHaveLength(12);
    expect(new Set(marks)).toEqual(new Set(["User/constructor", "User/a/b", "User/__proto__", "User/3:x/User/1"]));
  });

  it("writes what it marks into the transaction it is given, also before anything was started", async () => {
    const storage = memoryStorage();
    const provisioning = createProvisioning({ providers: [providerOver(storage)] });
    const failing = storage.transaction(async (tx) => {
      await provisioning.notify(annChanged, { tx });
      throw new TypeError("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await storedMarks(storage)).toEqual([]);
    await storage.transaction((tx) => provisioning.notify(annChanged, { tx }));
    await provisioning.notify(annChanged);
    expect(await storedMarks(storage)).toEqual(["User/ann"]);
  });

  it("refuses a transaction where the providers have several storages, since it is of one only", async () => {
    const [one, two] = [memoryStorage(), memoryStorage()];
    const provisioning = createProvisioning({ providers: [providerOver(one), providerOver(two, "other")] });
    await expect(one.transaction((tx) => provisioning.notify(annChanged, { tx }))).rejects.toThrow(/^notify: tx: /);
    await provisioning.notify(annChanged);
    expect([await storedMarks(one), await storedMarks(two)]).toEqual([["User/ann"], ["User/ann"]]);
  });
});

describe("options of provisioning", () => {
  const storage = memoryStorage();

  it("refuse two providers of one tenant and name, and let two tenants use one name", () => {
    const providers = [providerOver(storage), providerOver(storage)];
    expect(() => createProvisioning({ providers })).toThrow("two of tenant default are called app");
    createProvisioning({ providers: [providerOver(storage), providerOver(storage, "app", "acme")] });
  });

  it.each([
    [{ providers: [{}] }, "providers.0: must be a provider"],
    [{ sources: [{}] }, "sources.0: must be a source"],
    [{ tasks: [{ name: "tidy" }] }, "tasks.0: must be a background task"],
    [{ queue: { wake: () => {} } }, "queue: must be a queue"],
    [{ schedule: "hourly" }, "schedule: must be a cron expression of five fields"],
    [{ schedule: "0 0 0 * * *" }, "schedule: must be a cron expression of five fields"],
    [{ concurrency: 0 }, "concurrency: must be at least 1"],
    [{ pollMs: 0 }, "pollMs: must be more than 0"],
    [{ observe: true }, "observe: must be a function"],
    [{ nonsense: 1 }, "nonsense"],
  ])("refuse %j, naming the option", (wrong, named) => {
    const make = () => createProvisioning({ providers: [providerOver(storage)], ...wrong } as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(named);
  });
});

describe("options of a provider", () => {
  it.each([
    [{ name: "Not A Name" }, "name"],
    [{ scope: { memberOf: [] } }, "memberOf"],
    [{ deprovision: { deleted: "shred" } }, "deleted"],
    [{ pageSize: 0 }, "pageSize"],
    [{ nonsense: 1 }, "nonsense"],
    [{ client: {} }, "client"],
  ])("refuse %j, naming the option", (wrong, named) => {
    const { client } = createRemoteApp();
    const directory = arrayDirectory({ users: [], groups: [] });
    const options = { name: "app", client, directory, storage: memoryStorage(), ...wrong };
    expect(() => createProvider(options as never)).toThrow(TypeError);
    expect(() => createProvider(options as never)).toThrow(named);
  });
});

describe("a source of which nobody hears", () => {
  it("is refused nothing: its changes go on being made once provisioning has stopped", async () => {
    const storage = memoryStorage();
    const app = await createSourceApp({ storage });
    const provisioning = createProvisioning({ providers: [providerOver(storage)], sources: [app.source] });
    await provisioning.start();
    await provisioning.stop();
    await createUser(app, "ann");
    expect(await storedMarks(storage)).toEqual([]);
  });
});
