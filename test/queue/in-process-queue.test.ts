import { describe, expect, it } from "vitest";
import { type InProcessQueueOptions, inProcessQueue } from "../../src/queue/in-process/in-process-queue.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { runContract } from "../../src/testing/contract/run-contract.ts";
import { queueContract } from "../../src/testing/queue/queue-contract.ts";
import { type ManualTime, manualTime } from "../helpers/manual-time.ts";

function queueIn({ now, timer }: ManualTime, options: InProcessQueueOptions = {}) {
  return inProcessQueue({ now, timer, ...options });
}

const times = new WeakMap<object, ManualTime>();

runContract(
  { describe, it },
  "queue: in this process",
  queueContract({
    create: async () => {
      const time = manualTime();
      const queue = queueIn(time);
      times.set(queue, time);
      return queue;
    },
    passTime: async (queue, ms) => times.get(queue)?.advance(ms),
  }),
);

describe("the in-process queue", () => {
  it("merges what is woken before, and what is woken during a run", async () => {
    const queue = inProcessQueue();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let runs = 0;
    for (let index = 0; index < 5; index += 1) await queue.wake("look", "a");
    await queue.work(
      "look",
      async () => {
        runs += 1;
        begun.resolve();
        await gate.promise;
      },
      { concurrency: 2 },
    );
    await begun.promise;
    for (let index = 0; index < 5; index += 1) await queue.wake("look", "a");
    gate.resolve();
    await queue.idle();
    expect(runs).toBe(2);
  });

  it("works on as many keys at a time as it may, in each topic apart", async () => {
    const queue = inProcessQueue();
    const most: Record<string, number> = { few: 0, many: 0 };
    for (const [topic, concurrency] of [
      ["few", 1],
      ["many", 3],
    ] as const) {
      let running = 0;
      await queue.work(
        topic,
        async () => {
          running += 1;
          most[topic] = Math.max(most[topic] ?? 0, running);
          await new Promise((resume) => setImmediate(resume));
          running -= 1;
        },
        { concurrency },
      );
    }
    for (let index = 0; index < 20; index += 1) {
      for (const topic of ["few", "many"]) await queue.wake(topic, `k${index % 7}`);
    }
    await queue.idle();
    expect(most).toEqual({ few: 1, many: 3 });
  });

  it("reports what a handler threw, with topic and key, and is not stopped by an error of onError", async () => {
    const told: unknown[] = [];
    const queue = inProcessQueue({
      onError: async (error, woken) => {
        told.push([error, woken]);
        throw new TypeError("the listener fails too");
      },
    });
    const failure = new RangeError("no");
    await queue.work(
      "look",
      (key) => {
        if (key === "bad") throw failure;
        return Promise.resolve();
      },
      { concurrency: 1 },
    );
    for (const key of ["bad", "good"]) await queue.wake("look", key);
    await queue.idle();
    expect(told).toEqual([[failure, { topic: "look", key: "bad" }]]);
  });

  it("calls no handler within the call that wakes it", async () => {
    const queue = inProcessQueue();
    const calls: string[] = [];
    await queue.work("look", async (key) => void calls.push(key), { concurrency: 1 });
    const woken = queue.wake("look", "a");
    expect(calls).toEqual([]);
    await woken;
    await queue.idle();
    expect(calls).toEqual(["a"]);
  });
});

describe("the in-process queue without a handler", () => {
  it("is idle while keys wait for a handler that there is not", async () => {
    const queue = queueIn(manualTime(5000));
    expect(await queue.depth()).toEqual({ waiting: 0, oldest: undefined });
    await queue.wake("look", "a");
    await queue.idle();
    expect(await queue.depth()).toEqual({ waiting: 1, oldest: 5000 });
  });

  it("keeps ten thousand keys of a topic that nobody works on, and no more", async () => {
    const queue = inProcessQueue();
    for (let index = 0; index < 10_050; index += 1) await queue.wake("look", `${index}`);
    expect((await queue.depth()).waiting).toBe(10_000);
  });

  it("keeps what was woken in a transaction that is repeated or fails out of the queue", async () => {
    const queue = inProcessQueue();
    const storage = memoryStorage();
    const failing = storage.transaction(async (tx) => {
      await queue.wake("look", "a", { tx });
      throw new TypeError("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect((await queue.depth()).waiting).toBe(0);
    await storage.transaction((tx) => queue.wake("look", "a", { tx }));
    expect((await queue.depth()).waiting).toBe(1);
  });
});

describe("schedules of the in-process queue", () => {
  it("have no timer without a handler, so that the process can end", async () => {
    const time = manualTime();
    const queue = queueIn(time);
    await queue.every("sync", "full", "0 * * * *");
    expect(time.timers).toBe(0);
    for (const _ of ["once", "twice"]) {
      const worker = await queue.work("sync", async () => {}, { concurrency: 1 });
      expect(time.timers).toBe(1);
      await worker.stop();
      expect(time.timers).toBe(0);
    }
    await queue.work("sync", async () => {}, { concurrency: 1 });
    await queue.never("sync", "full");
    expect(time.timers).toBe(0);
  });

  it("by default hold the process exactly as long as there is a handler", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const queue = inProcessQueue();
    await queue.every("sync", "full", "0 * * * *");
    const worker = await queue.work("sync", async () => {}, { concurrency: 1 });
    expect(timers()).toBe(before + 1);
    await worker.stop();
    expect(timers()).toBe(before);
  });

  it("wake at full hours of UTC, and once for all hours that a process slept through", async () => {
    const time = manualTime(Date.parse("2026-01-01T10:59:00Z"));
    const queue = queueIn(time);
    const woken: string[] = [];
    await queue.work("sync", async () => void woken.push(new Date(time.now()).toISOString()), { concurrency: 1 });
    await queue.every("sync", "full", "0 * * * *");
    await time.advance(59_000);
    expect(woken).toEqual([]);
    await time.advance(3_601_000);
    expect(woken).toEqual(["2026-01-01T11:00:00.000Z", "2026-01-01T12:00:00.000Z"]);
    time.set(Date.parse("2026-01-01T18:30:00Z"));
    await time.advance(2000);
    expect(woken.slice(2)).toEqual(["2026-01-01T18:30:01.000Z"]);
  });

  it("go on when the clock is set back", async () => {
    const time = manualTime(Date.parse("2026-01-02T10:30:00Z"));
    const queue = queueIn(time);
    const woken: string[] = [];
    await queue.work("sync", async (key) => void woken.push(key), { concurrency: 1 });
    await queue.every("sync", "full", "0 * * * *");
    time.set(Date.parse("2026-01-01T10:59:00Z"));
    await time.advance(60_000);
    expect(woken).toEqual(["full"]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["a handler that is none", () => inProcessQueue().work("a", undefined as never, { concurrency: 1 }), "handler"],
    ["a concurrency of nothing", () => inProcessQueue().work("a", async () => {}, { concurrency: 0 }), "concurrency"],
    ["an option that there is not", async () => inProcessQueue({ concurrency: 4 } as never), "concurrency"],
  ])("and its other options refuse %s", async (_what, call, named) => {
    const failure = await Promise.resolve()
      .then(call)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(String(failure)).toContain(named);
  });
});
