import { createSources, memoryStorage, type Source, type Sources, type SourcesOptions } from "scimkit";
import { compatible, strict } from "scimkit/server";
import type { TenantSourceOptions } from "scimkit/source";
import type { Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EVERY_STORAGE, patch, USER } from "../helpers/scim-app.ts";
import { createTestClock, RecordingDirectory, type TestClock } from "../helpers/source-app.ts";

const BASE_URL = "https://app.example";

const STORAGES = Object.entries(EVERY_STORAGE);

/** Tenants, and how often each was resolved. */
class Tenants {
  readonly options: Map<string, TenantSourceOptions> = new Map();
  readonly resolved: string[] = [];
  failure: Error | undefined;

  readonly resolve = async (slug: string): Promise<TenantSourceOptions | undefined> => {
    this.resolved.push(slug);
    if (this.failure !== undefined) throw this.failure;
    return this.options.get(slug);
  };
}

async function sourceOf(sources: Sources, slug: string): Promise<Source> {
  const source = await sources.get(slug);
  if (source === undefined) throw new Error(`no source ${slug}`);
  return source;
}

async function tokenOf(sources: Sources, slug: string): Promise<string> {
  const source = await sourceOf(sources, slug);
  return (await source.tokens.issue({ name: "test" })).token;
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: object;
}

async function send(sources: Sources, slug: string, token: string, sent: Sent = {}) {
  const { method = "GET", path = "/Users", body } = sent;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  const url = `${BASE_URL}/source/scim/${slug}/v2${path}`;
  const request = new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const response = await sources.fetch(request);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
}

const user = (userName: string): object => ({ schemas: [USER], userName });

describe.each(STORAGES)("many sources over %s", (_name, make) => {
  let storage: Storage;
  let clock: TestClock;
  let tenants: Tenants;
  let sources: Sources;
  const open = (options: Partial<SourcesOptions> = {}): Sources =>
    createSources({ storage, baseUrl: BASE_URL, resolve: tenants.resolve, now: clock.now, timer: false, ...options });
  beforeEach(async () => {
    storage = await make();
    clock = createTestClock();
    tenants = new Tenants();
    tenants.options.set("acme", {}).set("umbrella", {});
    sources = open();
  });
  afterEach(async () => {
    await sources.idle();
    await storage.close();
  });

  it("are served behind one handler, and none sees the users of another", async () => {
    const [acme, umbrella] = [await tokenOf(sources, "acme"), await tokenOf(sources, "umbrella")];
    expect((await send(sources, "acme", acme, { method: "POST", body: user("ada") })).status).toBe(201);
    expect((await send(sources, "acme", acme)).body.totalResults).toBe(1);
    expect((await send(sources, "umbrella", umbrella)).body.totalResults).toBe(0);
    expect((await send(sources, "umbrella", acme)).status).toBe(401);
  });

  it("are a 404 of SCIM where there is none, and resolve is not asked again and again", async () => {
    for (let n = 0; n < 5; n += 1) {
      const response = await send(sources, "nobody", "x");
      expect([response.status, response.body.detail]).toEqual([404, "There is no source at this address"]);
    }
    expect(tenants.resolved).toEqual(["nobody"]);
    expect((await sources.fetch(new Request(`${BASE_URL}/elsewhere`))).status).toBe(404);
    expect((await send(sources, "__proto__", "x")).status).toBe(404);
    tenants.options.set("nobody", {});
    clock.advance(5000);
    expect((await send(sources, "nobody", "x")).status).toBe(401);
  });

  it("are resolved once for parallel first requests, and then kept", async () => {
    const tokens = await Promise.all(["acme", "acme", "acme"].map((slug) => tokenOf(sources, slug)));
    expect(tenants.resolved).toEqual(["acme"]);
    clock.advance(60_000);
    expect((await send(sources, "acme", tokens[0] ?? "")).status).toBe(200);
    expect(tenants.resolved).toEqual(["acme"]);
  });

  it("are forgotten when more are used than are kept, and loaded again", async () => {
    const few = open({ maxLoaded: 1 });
    const token = await tokenOf(few, "acme");
    await tokenOf(few, "umbrella");
    expect((await send(few, "acme", token)).status).toBe(200);
    expect(tenants.resolved).toEqual(["acme", "umbrella", "acme"]);
  });

  it("give 503 with Retry-After and an event while their options cannot be read", async () => {
    const events: string[] = [];
    const observed = open({ observe: ({ type }) => void events.push(type) });
    tenants.failure = new Error("the database of tenants is unavailable");
    const response = await send(observed, "acme", "x");
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(JSON.stringify(response.body)).not.toContain("database of tenants");
    expect(events).toContain("source.error");
    tenants.failure = undefined;
    expect((await send(observed, "acme", "x")).status).toBe(401);
  });

  it("are listed with their ids once they were used", async () => {
    await tokenOf(sources, "umbrella");
    await tokenOf(sources, "acme");
    const listed = [];
    for await (const each of sources.list()) listed.push(each);
    const ids = await Promise.all(["acme", "umbrella"].map(async (slug) => (await sourceOf(sources, slug)).identity()));
    expect(listed).toEqual([
      { slug: "acme", id: ids[0]?.id },
      { slug: "umbrella", id: ids[1]?.id },
    ]);
  });

  it("that two processes register at once have one id", async () => {
    const others = [open(), open(), open()];
    const ids = await Promise.all(others.map(async (each) => (await (await sourceOf(each, "acme")).identity()).id));
    expect(new Set(ids).size).toBe(1);
  });
});

describe.each(STORAGES)("a source that is renamed or removed, over %s", (_name, make) => {
  let storage: Storage;
  let clock: TestClock;
  let tenants: Tenants;
  let directory: RecordingDirectory;
  let sources: Sources;
  const open = (): Sources =>
    createSources({ storage, baseUrl: BASE_URL, resolve: tenants.resolve, now: clock.now, timer: false });
  beforeEach(async () => {
    storage = await make();
    clock = createTestClock();
    tenants = new Tenants();
    directory = new RecordingDirectory();
    tenants.options.set("acme", { directory }).set("umbrella", {});
    sources = open();
  });
  afterEach(async () => {
    await sources.idle();
    await storage.close();
  });

  it("keeps its users and tokens under the new slug, and the old one starts empty", async () => {
    const token = await tokenOf(sources, "acme");
    await send(sources, "acme", token, { method: "POST", body: user("ada") });
    const { id } = await (await sourceOf(sources, "acme")).identity();
    tenants.options.set("acme-corp", { directory });
    await sources.rename("acme", "acme-corp");
    expect((await send(sources, "acme-corp", token)).body.totalResults).toBe(1);
    expect((await (await sourceOf(sources, "acme-corp")).identity()).id).toBe(id);
    expect((await send(sources, "acme", token)).status).toBe(401);
    expect((await send(sources, "acme", await tokenOf(sources, "acme"))).body.totalResults).toBe(0);
  });

  it("cannot get a slug that another one has, nor one that is no slug", async () => {
    await tokenOf(sources, "acme");
    await tokenOf(sources, "umbrella");
    await expect(sources.rename("acme", "umbrella")).rejects.toMatchObject({ status: 409 });
    await expect(sources.rename("acme", "Not a slug")).rejects.toThrow(TypeError);
    await expect(sources.rename("nobody", "new")).rejects.toMatchObject({ status: 404 });
    expect((await send(sources, "acme", await tokenOf(sources, "acme"))).status).toBe(200);
  });

  it("ends its credentials at once in every process, and leaves its users with keep", async () => {
    const other = open();
    const token = await tokenOf(other, "acme");
    await send(other, "acme", token, { method: "POST", body: user("ada") });
    await sources.remove("acme", { objects: "keep" });
    expect((await send(other, "acme", token)).status).toBe(401);
    expect([...directory.users.values()].map(({ active }) => active)).toEqual([true]);
    await expect(sources.remove("acme", { objects: "keep" })).rejects.toMatchObject({ status: 404 });
    await other.idle();
  });

  it("deactivates its users through the directory with deactivate", async () => {
    const token = await tokenOf(sources, "acme");
    for (let n = 0; n < 120; n += 1) await send(sources, "acme", token, { method: "POST", body: user(`u${n}`) });
    await sources.remove("acme", { objects: "deactivate" });
    expect(directory.users.size).toBe(120);
    expect([...directory.users.values()].filter(({ active }) => active !== false)).toEqual([]);
  });

  it("goes on with its removal when a crash or the directory interrupted it", async () => {
    const token = await tokenOf(sources, "acme");
    for (const name of ["a", "b", "c"]) await send(sources, "acme", token, { method: "POST", body: user(name) });
    let calls = 0;
    directory.before = () => {
      calls += 1;
      if (calls === 2) throw new Error("away");
    };
    await expect(sources.remove("acme", { objects: "deactivate" })).rejects.toThrow("away");
    directory.before = () => {};
    clock.advance(120_000);
    await open().task.run(new AbortController().signal);
    expect([...directory.users.values()].map(({ active }) => active)).toEqual([false, false, false]);
    expect(await storage.state.due("sources", Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });

  it("never deactivates users through the directory of a new tenant with the same slug", async () => {
    const token = await tokenOf(sources, "acme");
    await send(sources, "acme", token, { method: "POST", body: user("ada") });
    directory.before = () => {
      throw new Error("away");
    };
    await expect(sources.remove("acme", { objects: "deactivate" })).rejects.toThrow("away");
    const stranger = new RecordingDirectory();
    tenants.options.set("acme", { directory: stranger });
    await tokenOf(sources, "acme");
    clock.advance(120_000);
    await sources.task.run(new AbortController().signal).catch(() => {});
    expect(stranger.calls).toEqual([]);
  });
});

describe.each(STORAGES)("a source that another process renamed, over %s", (_name, make) => {
  it("is noticed within the time after which a slug is read again", async () => {
    const storage = await make();
    const clock = createTestClock();
    const shared = { storage, baseUrl: BASE_URL, resolve: () => ({}), now: clock.now, timer: false as const };
    const [here, elsewhere] = [createSources(shared), createSources(shared)];
    const token = await tokenOf(elsewhere, "acme");
    await here.rename("acme", "acme-corp");
    clock.advance(5000);
    expect((await send(elsewhere, "acme", token)).status).toBe(401);
    expect((await send(elsewhere, "acme-corp", token)).status).toBe(200);
    await elsewhere.idle();
    await storage.close();
  });
});

describe("sources of different kinds", () => {
  it("share nothing: dialects, hooks and directories of one never act for another", async () => {
    const storage = memoryStorage();
    const seen: Record<string, string[]> = { lenient: [], exact: [] };
    const optionsOf = (slug: string): TenantSourceOptions => ({
      dialect: slug === "exact" ? strict : compatible,
      guard: false, // more users are deactivated than the guard allows
      hooks: { beforeWrite: ({ after }) => void seen[slug]?.push(String(after?.userName)) },
    });
    const sources = createSources({
      storage,
      baseUrl: BASE_URL,
      resolve: async (slug) => optionsOf(slug),
      timer: false,
    });
    const tokens = { lenient: await tokenOf(sources, "lenient"), exact: await tokenOf(sources, "exact") };
    const operation = patch({ op: "Replace", path: "active", value: "False" });
    const run = async (slug: "lenient" | "exact", n: number): Promise<number> => {
      const { body } = await send(sources, slug, tokens[slug], { method: "POST", body: user(`${slug}-${n}`) });
      const path = `/Users/${body.id}`;
      return (await send(sources, slug, tokens[slug], { method: "PATCH", path, body: operation })).status;
    };
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const results = await Promise.all(numbers.map((n) => run(n % 2 === 0 ? "lenient" : "exact", n)));
    expect(new Set(results.filter((_, n) => n % 2 === 0))).toEqual(new Set([200]));
    expect(new Set(results.filter((_, n) => n % 2 === 1))).toEqual(new Set([400]));
    expect(seen.exact?.every((name) => name.startsWith("exact-"))).toBe(true);
    expect(seen.lenient?.every((name) => name.startsWith("lenient-"))).toBe(true);
    await sources.idle();
  });

  it("can be served at the paths of another server, with their OAuth endpoints", async () => {
    const resolve = (slug: string): TenantSourceOptions | undefined => (slug === "acme" ? {} : undefined);
    const options = { storage: memoryStorage(), baseUrl: `${BASE_URL}/id`, resolve, timer: false as const };
    const sources = createSources({ ...options, path: "/api/{slug}/scim" });
    const source = await sourceOf(sources, "acme");
    expect(source.baseUrl).toBe(`${BASE_URL}/id/api/acme/scim`);
    const { token } = await source.tokens.issue({ name: "test" });
    const headers = { authorization: `Bearer ${token}` };
    expect((await sources.fetch(new Request(`${source.baseUrl}/Users`, { headers }))).status).toBe(200);
    const metadata = new Request(`${BASE_URL}/.well-known/oauth-authorization-server/id/api/acme/scim`);
    expect(await (await sources.fetch(metadata)).json()).toMatchObject({ token_endpoint: source.tokenUrl });
    for (const path of ["/scim", "scim/{slug}", "/scim/{slug}x", "/{slug}/{slug}"]) {
      expect(() => createSources({ ...options, path }), path).toThrow(/createSources: path/);
    }
  });
});
