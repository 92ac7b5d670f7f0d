import { describe, expect, it } from "vitest";
import { inProcessQueue } from "../../src/queue/in-process/in-process-queue.ts";
import type { Job } from "../../src/queue/queue.ts";

describe("the in-process queue", () => {
  it("does nothing before it is started, then everything that waits", async () => {
    const queue = inProcessQueue();
    const done: string[] = [];
    queue.work("look", async (job) => void done.push(job.key));
    await queue.add({ name: "look", key: "a" });
    await Promise.resolve();
    expect(done).toEqual([]);
    await queue.start();
    await queue.idle();
    expect(done).toEqual(["a"]);
    await queue.stop();
  });

  it("merges jobs of one name and key that wait, and keeps one that comes while it runs", async () => {
    const queue = inProcessQueue();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let runs = 0;
    queue.work("look", async () => {
      runs += 1;
      begun.resolve();
      await gate.promise;
    });
    await queue.start();
    for (let index = 0; index < 5; index += 1) await queue.add({ name: "look", key: "a" });
    await begun.promise;
    for (let index = 0; index < 5; index += 1) await queue.add({ name: "look", key: "a" });
    gate.resolve();
    await queue.idle();
    expect(runs).toBe(2);
    await queue.stop();
  });

  it("never runs one key twice at a time, and no more keys at a time than it may", async () => {
    const queue = inProcessQueue({ concurrency: 3 });
    const running = new Map<string, number>();
    let most = 0;
    queue.work("look", async ({ key }) => {
      expect(running.get(key) ?? 0).toBe(0);
      running.set(key, 1);
      most = Math.max(most, [...running.values()].filter(Boolean).length);
      await new Promise((wake) => setImmediate(wake));
      running.set(key, 0);
    });
    await queue.start();
    for (let index = 0; index < 60; index += 1) await queue.add({ name: "look", key: `k${index % 7}` });
    await queue.idle();
    expect(most).toBe(3);
    await queue.stop();
  });

  it("tells what a worker threw, with its job, and goes on", async () => {
    const told: [unknown, Job][] = [];
    const queue = inProcessQueue({ onError: (error, job) => void told.push([error, job]) });
    const done: string[] = [];
    queue.work("look", async ({ key }) => {
      if (key === "bad") throw new Error("no");
      done.push(key);
    });
    await queue.add({ name: "look", key: "bad" });
    await queue.add({ name: "look", key: "good" });
    await queue.start();
    await queue.idle();
    expect(done).toEqual(["good"]);
    expect(told).toEqual([[expect.objectContaining({ message: "no" }), { name: "look", key: "bad" }]]);
    await queue.stop();
  });

  it("leaves a job alone that is not due, and lets an earlier one take its place", async () => {
    let now = 1000;
    const queue = inProcessQueue({ now: () => now });
    const done: string[] = [];
    queue.work("look", async ({ key }) => void done.push(key));
    await queue.start();
    await queue.add({ name: "look", key: "a", dueAt: 1_000_000 });
    await queue.idle();
    expect(done).toEqual([]);
    await queue.add({ name: "look", key: "a" });
    await queue.idle();
    expect(done).toEqual(["a"]);
    now = 2000;
    await queue.stop();
  });

  it("does not do at once what is due in a month", async () => {
    const queue = inProcessQueue({ now: () => 0 });
    const done: string[] = [];
    queue.work("look", async ({ key }) => void done.push(key));
    await queue.start();
    await queue.add({ name: "look", key: "a", dueAt: 30 * 86_400_000 });
    await new Promise((wake) => setTimeout(wake, 20));
    expect(done).toEqual([]);
    await queue.stop();
  });

  it("lets what is running end when it is stopped, and begins nothing more", async () => {
    const queue = inProcessQueue({ concurrency: 1 });
    const done: string[] = [];
    const gate = Promise.withResolvers<void>();
    queue.work("look", async ({ key }) => {
      await gate.promise;
      done.push(key);
    });
    await queue.start();
    await queue.add({ name: "look", key: "a" });
    await queue.add({ name: "look", key: "b" });
    await new Promise((wake) => setImmediate(wake));
    const stopped = queue.stop();
    gate.resolve();
    await stopped;
    expect(done).toEqual(["a"]);
    await queue.start();
    await queue.idle();
    expect(done).toEqual(["a", "b"]);
    await queue.stop();
  });

  it("keeps no timer for a schedule before it is started and after it is stopped, so that the process can end", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const queue = inProcessQueue();
    queue.schedule({ name: "sync", key: "full" }, "0 * * * *");
    expect(timers()).toBe(before);
    for (const _ of ["once", "twice"]) {
      await queue.start();
      expect(timers()).toBe(before + 1);
      await queue.stop();
      expect(timers()).toBe(before);
    }
  });

  it.each(["every hour", "* * * *", "0 0 0 * * *"])("refuses %j as a schedule", (cron) => {
    expect(() => inProcessQueue().schedule({ name: "sync", key: "full" }, cron)).toThrow(TypeError);
  });
});
