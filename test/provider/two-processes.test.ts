import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Storage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PushScene, pushScene } from "../helpers/push-scene.ts";

let folder: string;
let storages: Storage[];
let scene: PushScene;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scimkit-"));
  storages = [1, 2].map(() => sqliteStorage(join(folder, "state.sqlite")));
  await storages[0]?.migrate();
  scene = pushScene();
  scene.users = Array.from({ length: 25 }, (_, index) => ({ id: `u${index}`, userName: `n${index}`, active: true }));
  scene.groups = ["a", "b", "c", "d"].map((id) => ({
    id,
    displayName: `group ${id}`,
    members: scene.users.map((user) => user.id),
  }));
});
afterEach(async () => {
  for (const storage of storages) await storage.close();
  await rm(folder, { recursive: true });
});

/** Lets everybody else have a turn. */
const turn = () => new Promise((wake) => setImmediate(wake));

const both = () => storages.map((storage) => scene.provider({ storage, pageSize: 5 }));

describe("two processes that sync one application at once", () => {
  it("make nothing twice, and one run later all is right", async () => {
    // A slow application, so that both are under way with the same.
    scene.remote.fault = async ({ method }) => {
      if (method === "POST") await turn();
      return undefined;
    };
    await Promise.all(both().map((provider) => provider.sync()));
    expect(await scene.remote.all("/Users")).toHaveLength(25);
    expect(await scene.remote.all("/Groups")).toHaveLength(4);
    const [first, second] = both();
    expect((await first?.sync())?.state).toBe("succeeded");
    expect((await second?.sync())?.counts.writes).toBe(0);
    expect(await scene.members("group d")).toHaveLength(25);
  });

  it("agree on what changed while both checked, whichever came last", async () => {
    await both()[0]?.sync();
    scene.remote.fault = async ({ method }) => {
      if (method === "GET") return undefined;
      await turn();
      scene.change("u3", { title: "changed under way" });
      return undefined;
    };
    scene.users = scene.users.map((user) => ({ ...user, title: "new" }));
    scene.groups = scene.groups.map((group) => ({ ...group, members: group.members.slice(5) }));
    await Promise.all(both().map((provider) => provider.sync()));
    scene.remote.fault = () => undefined;
    const [first, second] = both();
    await first?.sync();
    expect((await second?.sync())?.counts.writes).toBe(0);
    expect((await scene.user("n3"))?.title).toBe("changed under way");
    expect((await scene.user("n4"))?.title).toBe("new");
    expect(await scene.members("group a")).toHaveLength(20);
  });

  it("leave a create alone that the other may be sending, and make it once that cannot be", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const more = { now: () => now, scope: { groups: [] } };
    scene.users = scene.users.slice(0, 1);
    const dead = scene.provider({ storage: storages[0], ...more });
    const begun = Promise.withResolvers<void>();
    scene.remote.fault = ({ method }) => {
      if (method !== "POST") return undefined;
      begun.resolve();
      return new Promise(() => {});
    };
    void dead.sync();
    await begun.promise;
    scene.remote.fault = () => undefined;
    const next = scene.provider({ storage: storages[1], ...more });
    expect((await next.sync()).state).toBe("partly");
    expect(await scene.remote.all("/Users")).toEqual([]);
    now += 60_001;
    expect((await next.sync()).state).toBe("succeeded");
    expect(await scene.remote.all("/Users")).toHaveLength(1);
  });
});

describe("two processes that look for what may turn up", () => {
  it("both go on when one of them was faster", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    scene.users = scene.users.slice(0, 1);
    scene.groups = [];
    const [first, second] = storages.map((storage) => scene.provider({ storage, now: () => now }));
    scene.remote.fault = ({ method }) => (method === "POST" ? new Response("", { status: 502 }) : undefined);
    await first?.sync();
    scene.users = [];
    now += 60_001;
    await first?.sync();
    const done = Promise.withResolvers<unknown>();
    now += 60_001;
    scene.remote.fault = async () => {
      scene.remote.fault = () => undefined;
      done.resolve(await second?.sync());
      return undefined;
    };
    expect(await first?.sync()).toMatchObject({ state: "succeeded" });
    expect(await done.promise).toMatchObject({ state: "succeeded" });
  });
});

describe("one process", () => {
  it("can look at one user while it syncs all", async () => {
    const provider = scene.provider({ pageSize: 5 });
    await Promise.all([
      provider.sync(),
      ...scene.users.map(({ id }) => provider.syncUser(id)),
      provider.syncGroup("a"),
    ]);
    expect(await scene.remote.all("/Users")).toHaveLength(25);
    expect(await scene.remote.all("/Groups")).toHaveLength(4);
    await provider.sync();
    expect((await provider.sync()).counts.writes).toBe(0);
    expect(await scene.members("group b")).toHaveLength(25);
  });

  it("keeps apart two providers of which one's name begins with the other's", async () => {
    const other = pushScene();
    const [short, long] = [
      scene.provider({ name: "app" }),
      scene.provider({ name: "app-2", client: other.remote.client }),
    ];
    await short.sync();
    await long.sync();
    expect(await other.remote.all("/Users")).toHaveLength(25);
    scene.users = scene.users.slice(1);
    await long.sync();
    expect(await other.remote.all("/Users")).toHaveLength(24);
    expect(await scene.remote.all("/Users")).toHaveLength(25);
    expect(await short.runs.list()).toHaveLength(1);
    expect((await short.sync()).counts.deleted).toBe(1);
  });
});
