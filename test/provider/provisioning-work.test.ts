import {
  createProvisioning,
  type Provisioning,
  type ProvisioningErrorContext,
  type ProvisioningOptions,
} from "scimkit/provider";
import { type BackgroundTask, inProcessQueue, type Queue } from "scimkit/queue";
import type { Storage } from "scimkit/storage";
import { afterEach, describe, expect, it } from "vitest";
import { forgetfulQueue } from "../helpers/forgetful-queue.ts";
import { type ManualTime, manualTime } from "../helpers/manual-time.ts";
import { storedMarks } from "../helpers/provider-records.ts";
import { type PushScene, pushScene, refusal } from "../helpers/push-scene.ts";

const running: Provisioning[] = [];
afterEach(async () => {
  for (const provisioning of running.splice(0)) await provisioning.stop();
});

/** Provisioning of a scene's provider, at a time that stands still, with what it reports. */
function provisioningOf(scene: PushScene, options: Partial<ProvisioningOptions> = {}, time = manualTime()) {
  const errors: [unknown, ProvisioningErrorContext][] = [];
  const provisioning = createProvisioning({
    providers: [scene.provider()],
    onError: (error, context) => void errors.push([error, context]),
    now: time.now,
    timer: time.timer,
    ...options,
  });
  running.push(provisioning);
  return { provisioning, errors, time };
}

/** Lets all that can go on without time go on. */
async function settle(time: ManualTime): Promise<void> {
  await time.advance(0);
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resume) => setImmediate(resume));
}

const annChanged = { type: "user.changed", id: "ann" } as const;

describe("a marked object", () => {
  it("that failed keeps its mark and is synced again after a while; the observer gets what failed and the request", async () => {
    const scene = pushScene();
    const { provisioning, errors, time } = provisioningOf(scene, { retryMs: 1000 });
    scene.remote.fault = ({ method }) => (method === "POST" ? refusal(400) : undefined);
    await provisioning.start();
    await provisioning.notify(annChanged);
    await provisioning.idle();
    expect(errors).toEqual([
      [
        expect.objectContaining({ code: "SCIM_SYNC_FAILED", cause: expect.objectContaining({ status: 400 }) }),
        {
          ...{ provider: "app", tenant: "default", object: { type: "User", id: "ann" } },
          request: { method: "POST", route: "/Users" },
        },
      ],
    ]);
    expect(await storedMarks(scene.storage)).toEqual(["User/ann"]);
    scene.remote.fault = () => undefined;
    await time.advance(400);
    await provisioning.idle();
    expect(await scene.remote.all("/Users")).toEqual([]);
    await time.advance(600);
    await provisioning.idle();
    expect(await scene.remote.all("/Users")).toHaveLength(1);
    expect(await storedMarks(scene.storage)).toEqual([]);
  });

  it("that cannot be synced at all keeps its mark too", async () => {
    const scene = pushScene();
    const { provisioning, errors } = provisioningOf(scene, {
      providers: [scene.provider({ scope: { memberOf: ["nobody"] } })],
    });
    await provisioning.start();
    await provisioning.notify(annChanged);
    await provisioning.idle();
    expect(errors).toEqual([[expect.any(TypeError), expect.objectContaining({ object: { type: "User", id: "ann" } })]]);
    expect(await storedMarks(scene.storage)).toEqual(["User/ann"]);
  });

  it("that changes while it is synced is synced again", async () => {
    const scene = pushScene();
    const { provisioning } = provisioningOf(scene);
    await provisioning.start();
    let isFirst = true;
    scene.remote.fault = async ({ method }) => {
      if (method !== "POST" || !isFirst) return undefined;
      isFirst = false;
      scene.change("ann", { title: "Boss" });
      await provisioning.notify(annChanged);
      return undefined;
    };
    await provisioning.notify(annChanged);
    await provisioning.idle();
    expect(await scene.user("ann")).toMatchObject({ title: "Boss" });
    expect(await storedMarks(scene.storage)).toEqual([]);
  });

  it("that the queue forgot is found by the next poll", async () => {
    const scene = pushScene();
    const queue = inProcessQueue();
    let isDeaf = true;
    const deaf: Queue = {
      ...queue,
      wake: async (topic, key) => {
        if (!isDeaf) await queue.wake(topic, key);
      },
    };
    const { provisioning, time } = provisioningOf(scene, { queue: deaf });
    await provisioning.start();
    await provisioning.notify(annChanged);
    isDeaf = false;
    await settle(time);
    expect(await scene.user("ann")).toBeUndefined();
    await time.advance(500);
    await provisioning.idle();
    expect(await scene.user("ann")).toBeDefined();
  });
});

/** A storage whose first search for marks waits until it is released. */
function waitingForDue(storage: Storage) {
  const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isFirst = true;
  const due: Storage["state"]["due"] = async (collection, before, take) => {
    if (isFirst) {
      isFirst = false;
      held.resolve();
      await release.promise;
    }
    return storage.state.due(collection, before, take);
  };
  const slow: Storage = { ...storage, state: { ...storage.state, due } };
  return { slow, held: held.promise, release: release.resolve };
}

describe("a marked object, while marks of a wrong clock are looked for,", () => {
  it("that a clock marked which was a day ahead is synced soon all the same", async () => {
    const scene = pushScene();
    const ahead = provisioningOf(scene, { queue: forgetfulQueue() }, manualTime(Date.parse("2026-01-02T00:00:00Z")));
    await ahead.provisioning.notify(annChanged);
    const { provisioning, time } = provisioningOf(scene, { schedule: false });
    await provisioning.start();
    await settle(time);
    await time.advance(59_000);
    await provisioning.idle();
    expect(await scene.user("ann")).toBeUndefined();
    await time.advance(1000);
    await provisioning.idle();
    expect(await scene.user("ann")).toBeDefined();
  });

  it("that is synced meanwhile loses its mark, and is synced once", async () => {
    const scene = pushScene();
    const time = manualTime();
    const { storage } = scene;
    const { slow, held, release } = waitingForDue(storage);
    const { provisioning } = provisioningOf(scene, { providers: [scene.provider({ storage: slow })] }, time);
    await provisioning.start();
    await held;
    scene.remote.fault = async ({ method }) => {
      if (method !== "POST") return undefined;
      release();
      await settle(time);
      return undefined;
    };
    await time.advance(10);
    await provisioning.notify(annChanged);
    await provisioning.idle();
    expect(await storedMarks(storage)).toEqual([]);
    await time.advance(60_000);
    await provisioning.idle();
    expect(scene.remote.writes()).toEqual(["POST /Users"]);
  });
});

describe("marks of providers that another process holds", () => {
  /** Marks of a provider that no process holds any more, all due before any other. */
  async function leaveMarks(storage: Storage, count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await storage.state.put("marks", `6:others/User/u${index}`, {}, { expected: null, dueAt: 0 });
    }
  }

  it("stay as they are, and hide none of our own, however many there are", async () => {
    const scene = pushScene();
    await leaveMarks(scene.storage, 1500);
    const { provisioning, errors } = provisioningOf(scene, { queue: inProcessQueue() });
    await scene.storage.transaction((tx) => provisioning.notify(annChanged, { tx: { ...tx, afterCommit: undefined } }));
    await provisioning.start();
    await provisioning.idle();
    expect(await scene.user("ann")).toBeDefined();
    expect(await storedMarks(scene.storage)).toHaveLength(1500);
    expect(errors).toEqual([]);
  });

  it("are not touched when the queue brings their keys here", async () => {
    const scene = pushScene();
    await leaveMarks(scene.storage, 1);
    const queue = inProcessQueue();
    const { provisioning, errors } = provisioningOf(scene, { queue });
    await provisioning.start();
    for (const key of ["6:others/User/u0", "no key of an owner", "6:others/constructor/u0"]) {
      await queue.wake("provider.object", key);
    }
    await queue.wake("provider.sync", "others");
    await queue.idle();
    expect(await storedMarks(scene.storage)).toEqual(["User/u0"]);
    expect(errors).toEqual([]);
  });
});

describe("two processes that hold one provider", () => {
  it("leave an object to the one that syncs it, and share what is left", async () => {
    const scene = pushScene();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    scene.remote.fault = async ({ method }) => {
      if (method === "POST") {
        begun.resolve();
        await gate.promise;
      }
      return undefined;
    };
    const [one, two] = [provisioningOf(scene), provisioningOf(scene)];
    await one.provisioning.start();
    await two.provisioning.start();
    await settle(two.time);
    await one.provisioning.notify(annChanged);
    await begun.promise;
    await two.time.advance(5000);
    await two.provisioning.idle();
    gate.resolve();
    await Promise.all([one.provisioning.idle(), two.provisioning.idle()]);
    expect(scene.remote.log.filter((line) => line === "POST /Users")).toHaveLength(1);
    expect([...one.errors, ...two.errors]).toEqual([]);
    expect(await storedMarks(scene.storage)).toEqual([]);
  });

  it("lose nothing when one of them dies while it syncs an object", async () => {
    const scene = pushScene();
    const begun = Promise.withResolvers<void>();
    const syncUser = (): Promise<never> => {
      begun.resolve();
      return new Promise(() => {});
    };
    const dying = provisioningOf(scene, { providers: [{ ...scene.provider(), syncUser }] });
    await dying.provisioning.start();
    await dying.provisioning.notify(annChanged);
    await begun.promise;
    running.splice(0);
    const { provisioning, time } = provisioningOf(scene);
    await provisioning.start();
    await provisioning.idle();
    expect(await scene.user("ann")).toBeUndefined();
    await time.advance(60_000);
    await provisioning.idle();
    expect(await scene.user("ann")).toBeDefined();
  });
});

describe("the schedule", () => {
  it("syncs every provider in full at its times, and tells of each run", async () => {
    const scene = pushScene();
    const runs: string[] = [];
    const { provisioning, time } = provisioningOf(scene, {
      providers: [scene.provider(), scene.provider({ name: "other" })],
      onRun: ({ provider, state }) => void runs.push(`${provider} ${state}`),
    });
    await provisioning.start();
    await time.advance(3_599_000);
    await provisioning.idle();
    expect(runs).toEqual([]);
    await time.advance(1000);
    await provisioning.idle();
    expect(runs.sort()).toEqual(["app succeeded", "other succeeded"]);
    await time.advance(3_600_000);
    await provisioning.idle();
    expect(runs).toHaveLength(4);
  });

  it("that is false ends one that the queue still keeps", async () => {
    const scene = pushScene();
    const queue = inProcessQueue();
    const ended: string[] = [];
    const { provisioning } = provisioningOf(scene, {
      schedule: false,
      queue: { ...queue, never: async (topic) => void ended.push(topic) },
    });
    await provisioning.start();
    expect(ended).toEqual(["provider.sync"]);
  });

  it.each([
    ["throws", (failure: Error) => void throws(failure)],
    ["rejects with", async (failure: Error) => throws(failure)],
  ])("reports what onRun %s", async (_, fails) => {
    const scene = pushScene();
    const failure = new RangeError("no");
    const { provisioning, errors, time } = provisioningOf(scene, { onRun: () => fails(failure) });
    await provisioning.start();
    await time.advance(3_600_000);
    await provisioning.idle();
    expect(errors).toEqual([[failure, { provider: "app", tenant: "default" }]]);
  });
});

function throws(failure: Error): void {
  throw failure;
}

describe("starting and stopping", () => {
  it("twice is harmless, also at once", async () => {
    const scene = pushScene();
    const time = manualTime();
    const { provisioning } = provisioningOf(scene, {}, time);
    await Promise.all([provisioning.start(), provisioning.start()]);
    await provisioning.start();
    await settle(time);
    // A poll, a check of clocks and the schedule.
    expect(time.timers).toBe(3);
    await Promise.all([provisioning.stop(), provisioning.stop()]);
    await provisioning.stop();
    expect(time.timers).toBe(0);
    await provisioning.start();
    await provisioning.notify(annChanged);
    await provisioning.idle();
    expect(await scene.user("ann")).toBeDefined();
  });

  it("waits for the work that has begun, ends full syncs early, and leaves the rest marked", async () => {
    const scene = pushScene();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { provisioning } = provisioningOf(scene, { concurrency: 1 });
    scene.remote.fault = async ({ method }) => {
      if (method === "POST") {
        begun.resolve();
        await gate.promise;
      }
      return undefined;
    };
    await provisioning.start();
    for (const id of ["ann", "bob"]) await provisioning.notify({ type: "user.changed", id });
    await begun.promise;
    let isStopped = false;
    const stopping = provisioning.stop().then(() => {
      isStopped = true;
    });
    await new Promise((resume) => setImmediate(resume));
    expect(isStopped).toBe(false);
    gate.resolve();
    await stopping;
    expect(await scene.remote.all("/Users")).toHaveLength(1);
    expect(await storedMarks(scene.storage)).toEqual(["User/bob"]);
    await provisioning.idle();
    expect(await scene.remote.all("/Users")).toHaveLength(1);
  });

  it("ends a full sync early", async () => {
    const scene = pushScene();
    const begun = Promise.withResolvers<void>();
    const states: string[] = [];
    const { provisioning, time } = provisioningOf(scene, {
      providers: [scene.provider({ concurrency: 1 })],
      onRun: ({ state }) => void states.push(state),
    });
    scene.remote.fault = ({ method }) => {
      if (method === "POST") begun.resolve();
      return undefined;
    };
    await provisioning.start();
    const advancing = time.advance(3_600_000);
    await begun.promise;
    await provisioning.stop();
    await advancing;
    expect(states).toEqual(["stopped"]);
    expect((await scene.remote.all("/Users")).length).toBeLessThan(3);
  });

  it("leaves nothing behind where it fails, and can be tried again", async () => {
    const scene = pushScene();
    const time = manualTime();
    const queue = inProcessQueue({ now: time.now, timer: time.timer });
    const other = await queue.work("provider.sync", async () => {}, { concurrency: 1 });
    const { provisioning } = provisioningOf(scene, { queue }, time);
    await expect(provisioning.start()).rejects.toThrow("this process has a handler of provider.sync already");
    expect(time.timers).toBe(0);
    await other.stop();
    await provisioning.start();
    await provisioning.notify(annChanged);
    await provisioning.idle();
    expect(await scene.user("ann")).toBeDefined();
  });
});

describe("background tasks", () => {
  function recordedTask(everyMs: number, name = "tidy") {
    const runs: number[] = [];
    const task: BackgroundTask = { name, everyMs, run: async () => void runs.push(1) };
    return { task, runs };
  }

  it("of the options and of sources run at once and then at their times, until provisioning stops", async () => {
    const scene = pushScene();
    const [own, ofSource, later] = [recordedTask(1000), recordedTask(3000, "settle"), recordedTask(3000, "settle")];
    const subscribe = () => () => {};
    const { provisioning, time } = provisioningOf(scene, {
      tasks: [own.task],
      sources: [
        { subscribe, task: ofSource.task },
        { subscribe, task: later.task },
        { subscribe, task: undefined },
      ],
    });
    const counts = () => [own, ofSource, later].map(({ runs }) => runs.length);
    await provisioning.start();
    await provisioning.idle();
    expect(counts()).toEqual([1, 1, 1]);
    await time.advance(3000);
    await provisioning.idle();
    expect(counts()).toEqual([4, 2, 2]);
    await provisioning.stop();
    await time.advance(9000);
    expect(counts()).toEqual([4, 2, 2]);
  });

  it("that fail are reported by name, and run again", async () => {
    const failure = new RangeError("no");
    let runs = 0;
    const task: BackgroundTask = {
      ...{ name: "tidy", everyMs: 1000 },
      run: async () => {
        runs += 1;
        throw failure;
      },
    };
    const { provisioning, errors, time } = provisioningOf(pushScene(), { tasks: [task] });
    await provisioning.start();
    await provisioning.idle();
    await time.advance(1000);
    await provisioning.idle();
    expect(runs).toBe(2);
    expect(errors[0]).toEqual([failure, { task: "tidy" }]);
  });

  it("are waited for when provisioning stops, and learn of it", async () => {
    const begun = Promise.withResolvers<void>();
    let hasEnded = false;
    const task: BackgroundTask = {
      ...{ name: "tidy", everyMs: 1000 },
      run: async (signal) => {
        begun.resolve();
        await new Promise((resume) => signal.addEventListener("abort", resume, { once: true }));
        hasEnded = true;
      },
    };
    const { provisioning } = provisioningOf(pushScene(), { tasks: [task] });
    await provisioning.start();
    await begun.promise;
    await provisioning.stop();
    expect(hasEnded).toBe(true);
  });
});

describe("an outage of the storage", () => {
  it("is reported once, and nothing is lost by it", async () => {
    const scene = pushScene();
    let isOut = false;
    const { state } = scene.storage;
    const storage: Storage = {
      ...scene.storage,
      state: {
        ...state,
        due: async (collection, before, take) => {
          if (isOut) throw new RangeError("away");
          return state.due(collection, before, take);
        },
      },
    };
    const { provisioning, errors, time } = provisioningOf(scene, {
      providers: [scene.provider({ storage })],
      queue: forgetfulQueue(),
    });
    await provisioning.start();
    await settle(time);
    isOut = true;
    await time.advance(5000);
    await expect(provisioning.idle()).rejects.toThrow("away");
    expect(errors).toEqual([[expect.any(RangeError), {}]]);
    isOut = false;
    await time.advance(500);
    isOut = true;
    await time.advance(500);
    expect(errors).toHaveLength(2);
    isOut = false;
  });

  it("does not end with what onError throws", async () => {
    const scene = pushScene();
    const { provisioning, time } = provisioningOf(scene, {
      retryMs: 1000,
      onError: async () => {
        throw new TypeError("the listener fails too");
      },
    });
    scene.remote.fault = ({ method }) => (method === "POST" ? refusal(400) : undefined);
    await provisioning.start();
    await provisioning.notify(annChanged);
    await provisioning.idle();
    scene.remote.fault = () => undefined;
    await time.advance(1000);
    await provisioning.idle();
    expect(await scene.user("ann")).toBeDefined();
  });
});
