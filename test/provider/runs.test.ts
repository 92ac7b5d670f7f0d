import type { Storage } from "scimkit/storage";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type PushScene, pushScene, refusal } from "../helpers/push-scene.ts";

const MINUTE = 60_000;

/** A scene with a clock that tests move, and thirty users. */
function timed(): PushScene & { time: number } {
  const scene = Object.assign(pushScene(), { time: Date.parse("2026-01-01T00:00:00Z") });
  scene.users = Array.from({ length: 30 }, (_, index) => ({
    id: `u${String(index).padStart(2, "0")}`,
    userName: `n${index}`,
    active: true,
  }));
  scene.groups = [];
  return scene;
}

function providerAt(scene: PushScene & { time: number }, more: Parameters<PushScene["provider"]>[0] = {}) {
  return scene.provider({ now: () => scene.time, pageSize: 5, concurrency: 1, ...more });
}

/** A storage whose process dies at the write with this number: nothing is stored from then on. */
function dyingAfter(storage: Storage, writes: number): Storage {
  let left = writes;
  const alive = (): void => {
    left -= 1;
    if (left < 0) throw new TypeError("the process is dead");
  };
  return {
    ...storage,
    state: {
      ...storage.state,
      put: async (...put) => {
        alive();
        return storage.state.put(...put);
      },
    },
    transaction: async (run) => {
      alive();
      return storage.transaction(run);
    },
  };
}

describe("a run whose process died", () => {
  it("is gone on with where it ended, under its own id, and counts each object once", async () => {
    const scene = timed();
    const dying = providerAt(scene, { storage: dyingAfter(scene.storage, 42) });
    await dying.sync().catch(() => undefined);
    const made = (await scene.remote.all("/Users")).length;
    expect(made).toBeGreaterThan(5);
    expect(made).toBeLessThan(30);
    const [dead] = await providerAt(scene).runs.list();
    expect(dead?.state).toBe("running");
    scene.time += 6 * MINUTE;
    expect((await providerAt(scene).runs.list())[0]?.state).toBe("abandoned");
    scene.remote.bodies.splice(0);
    const run = await providerAt(scene).sync();
    expect(run).toMatchObject({ id: dead?.id, state: "succeeded", counts: { checked: 30 } });
    const sent = scene.remote.bodies.map(({ body }) => (body as { userName: string }).userName);
    // What the dead process had not come to is done first.
    expect(sent[0]).toBe(`n${made}`);
    expect(await scene.remote.all("/Users")).toHaveLength(30);
    expect(await providerAt(scene).runs.list()).toHaveLength(1);
  });

  it("is left alone while it may still be alive", async () => {
    const scene = timed();
    await providerAt(scene, { storage: dyingAfter(scene.storage, 42) })
      .sync()
      .catch(() => undefined);
    scene.time += MINUTE;
    const run = await providerAt(scene).sync();
    const [latest, other] = await providerAt(scene).runs.list();
    expect([latest?.id, other?.state]).toEqual([run.id, "running"]);
    expect(run.state).toBe("succeeded");
  });
});

describe("a run whose process died or was suspended for long", () => {
  it("is given up where the configuration has changed since", async () => {
    const scene = timed();
    await providerAt(scene, { storage: dyingAfter(scene.storage, 42) })
      .sync()
      .catch(() => undefined);
    scene.time += 6 * MINUTE;
    const run = await providerAt(scene, { scope: { serviceAccounts: true } }).sync();
    const runs = await providerAt(scene).runs.list();
    expect(runs.map(({ id, state }) => [id === run.id, state])).toEqual([
      [true, "succeeded"],
      [false, "abandoned"],
    ]);
  });

  it("writes nothing more if another process gave it up while it was suspended", async () => {
    const scene = timed();
    const other = providerAt(scene, { scope: { serviceAccounts: true } });
    let creates = 0;
    scene.remote.fault = async ({ method }) => {
      creates += method === "POST" ? 1 : 0;
      if (method !== "POST" || creates !== 3) return undefined;
      scene.time += 6 * MINUTE;
      await other.sync();
      return undefined;
    };
    const suspended = providerAt(scene, { pageSize: 30, concurrency: 2 }).sync();
    await expect(suspended).rejects.toThrow("Another process took the run over or gave it up");
    scene.remote.drain();
    await new Promise((wake) => setImmediate(wake));
    expect(scene.remote.log).toEqual([]);
    const states = (await other.runs.list()).map(({ state }) => state);
    expect(states).toEqual(["succeeded", "abandoned"]);
  });

  it("does not wait for a clock that was a day ahead", async () => {
    const scene = timed();
    scene.time += 1440 * MINUTE;
    await providerAt(scene, { storage: dyingAfter(scene.storage, 42) })
      .sync()
      .catch(() => undefined);
    scene.time -= 1440 * MINUTE;
    await providerAt(scene).sync();
    scene.time += 6 * MINUTE;
    await providerAt(scene).sync();
    const states = (await providerAt(scene).runs.list()).map(({ state }) => state);
    expect(states).toEqual(["succeeded", "succeeded"]);
  });
});

describe("a run that another process took over", () => {
  it("counts each object once, wherever it died before the sweep", async () => {
    for (let writes = 1; ; writes += 1) {
      const scene = timed();
      scene.users = scene.users.slice(0, 7);
      scene.groups = ["a", "b", "c"].map((id) => ({ id, displayName: id, members: ["u01"] }));
      const more = { pageSize: 3 };
      await providerAt(scene, { ...more, storage: dyingAfter(scene.storage, writes) })
        .sync()
        .catch(() => undefined);
      const [dead] = await providerAt(scene).runs.list();
      if (dead?.state === "succeeded") break;
      scene.time += 6 * MINUTE;
      const run = await providerAt(scene, more).sync();
      expect(run, `after ${writes} writes`).toMatchObject({ state: "succeeded", counts: { checked: 10 } });
    }
  });

  it("counts each departure and each failure once, wherever it died in between", async () => {
    for (let writes = 1; ; writes += 1) {
      const scene = timed();
      scene.users = scene.users.slice(0, 7);
      scene.groups = ["a", "b", "c"].map((id) => ({ id, displayName: id, members: ["u05", "u06"] }));
      const more = { pageSize: 2, guard: false } as const;
      await providerAt(scene, more).sync();
      scene.time += MINUTE;
      scene.users = scene.users.slice(3);
      scene.groups = scene.groups.slice(1);
      scene.change("u05", { title: "refused" });
      scene.remote.fault = (_, body) => (body.includes('"refused"') ? refusal(400) : undefined);
      await providerAt(scene, { ...more, storage: dyingAfter(scene.storage, writes) })
        .sync()
        .catch(() => undefined);
      const [dead] = await providerAt(scene).runs.list();
      if (dead?.state === "partly") break;
      scene.time += 6 * MINUTE;
      const { counts, failures } = await providerAt(scene, more).sync();
      const counted = [counts.checked, counts.failed, failures.length];
      expect(counted, `after ${writes} writes`).toEqual([10, 1, 1]);
      expect(await scene.remote.all("/Users")).toHaveLength(4);
    }
  });
});

describe("a run of which one request takes ten minutes", () => {
  afterEach(() => void vi.useRealTimers());

  it("is not abandoned: no other process takes it over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    const scene = timed();
    const states: unknown[] = [];
    scene.remote.fault = async (_, body) => {
      if (!body.includes('"n7"')) return undefined;
      for (let minute = 0; minute < 10; minute += 1) {
        scene.time += MINUTE;
        await vi.advanceTimersByTimeAsync(MINUTE);
      }
      states.push(...(await providerAt(scene).runs.list()).map(({ state }) => state));
      return undefined;
    };
    expect(await providerAt(scene).sync()).toMatchObject({ state: "succeeded", counts: { created: 30 } });
    expect(states).toEqual(["running"]);
  });
});

describe("two runs at a time", () => {
  it("never take each other's place: each ends as what it was", async () => {
    const scene = timed();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    scene.remote.fault = async ({ method }) => {
      if (method !== "POST") return undefined;
      begun.resolve();
      await gate.promise;
      return undefined;
    };
    const slow = providerAt(scene).sync();
    await begun.promise;
    scene.time += MINUTE;
    const quick = providerAt(scene, { name: "app" }).sync();
    gate.resolve();
    const ended = await Promise.all([slow, quick]);
    expect(ended.map(({ state }) => state)).not.toContain("abandoned");
    const ids = (await providerAt(scene).runs.list()).map(({ id }) => id);
    expect(ids).toEqual([ended[1]?.id, ended[0]?.id]);
  });
});

describe("the runs of a provider", () => {
  it("come newest first, and only the latest twenty are kept", async () => {
    const scene = timed();
    const ids: string[] = [];
    for (let count = 0; count < 23; count += 1) {
      scene.time += MINUTE;
      ids.unshift((await providerAt(scene).sync()).id);
    }
    const runs = await providerAt(scene).runs.list();
    expect(runs.map(({ id }) => id)).toEqual(ids.slice(0, 20));
    expect([...ids].sort().reverse()).toEqual(ids);
  });

  it("say that nothing went through where every object failed", async () => {
    const scene = timed();
    scene.remote.fault = ({ method }) => (method === "POST" ? refusal(400) : undefined);
    expect(await providerAt(scene).sync()).toMatchObject({ state: "failed", counts: { checked: 30, failed: 30 } });
  });

  it("say that a target is down although there was nothing to send", async () => {
    const scene = timed();
    await providerAt(scene).sync();
    scene.remote.fault = () => refusal(401);
    expect(await providerAt(scene).sync()).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("credentials"),
    });
    scene.remote.fault = () => new Response("<html>", { status: 502 });
    expect(await providerAt(scene).sync()).toMatchObject({ state: "failed", reason: expect.stringContaining("502") });
    scene.remote.fault = () => {
      throw new TypeError("fetch failed");
    };
    expect(await providerAt(scene).sync()).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/^The application does not respond normally: .*the connection failed/),
    });
    scene.remote.fault = () => undefined;
    scene.remote.drain();
    expect(await providerAt(scene).sync()).toMatchObject({ state: "succeeded", counts: { writes: 0 } });
    expect(scene.remote.log).toEqual(["GET /Users/{id}"]);
  });

  it("write at most twice for a hundred objects that have not changed", async () => {
    const scene = timed();
    scene.users = Array.from({ length: 400 }, (_, index) => ({ id: `u${index}`, userName: `n${index}`, active: true }));
    await scene.provider().sync();
    const counted = counting(scene.storage);
    await scene.provider({ storage: counted.storage }).sync();
    expect(counted.writes()).toBeLessThanOrEqual(8);
  });

  it.each(["keep", "deactivate", "unlink"] as const)(
    "write nothing about objects that left, once they are dealt with: %s",
    async (action) => {
      const scene = timed();
      const options = {
        guard: false,
        deprovision: { deleted: action, leftScope: action },
        scope: { access: (user: object) => !("hasLeft" in user) },
      } as const;
      await scene.provider(options).sync();
      scene.users = scene.users.slice(10).map((user, index) => (index < 10 ? { ...user, hasLeft: true } : user));
      const { counts } = await scene.provider(options).sync();
      expect(counts.kept + counts.deactivated + counts.unlinked).toBe(20);
      const counted = counting(scene.storage);
      const run = await scene.provider({ ...options, storage: counted.storage }).sync();
      expect(run).toMatchObject({ state: "succeeded", counts: { checked: 20, writes: 0 } });
      expect(counted.writes()).toBeLessThanOrEqual(6);
      expect((await scene.provider({ ...options, deprovision: { leftScope: "delete" } }).sync()).counts.deleted).toBe(
        action === "unlink" ? 0 : 20,
      );
    },
  );
});

/** A storage that counts what is written to it: transactions, and writes outside of one. */
function counting(storage: Storage): { readonly storage: Storage; writes(): number } {
  let writes = 0;
  const counted: Storage = {
    ...storage,
    state: {
      ...storage.state,
      put: (...put) => {
        writes += 1;
        return storage.state.put(...put);
      },
      delete: (...deleted) => {
        writes += 1;
        return storage.state.delete(...deleted);
      },
    },
    transaction: (run) => {
      writes += 1;
      return storage.transaction(run);
    },
  };
  return { storage: counted, writes: () => writes };
}
