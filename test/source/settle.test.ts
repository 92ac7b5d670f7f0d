import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createSource, type Source, type StartTimer } from "scimkit/source";
import { memoryStorage, type Storage } from "scimkit/storage";
import { describe, expect, it, vi } from "vitest";
import { USER } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory, type SourceApp } from "../helpers/source-app.ts";

/** Timers that tick when they are told to. */
function testTimers() {
  const ticks = new Set<() => void>();
  const start: StartTimer = (tick) => {
    ticks.add(tick);
    return () => ticks.delete(tick);
  };
  return {
    start,
    get running() {
      return ticks.size;
    },
    tick: () => {
      for (const tick of ticks) tick();
    },
  };
}

/** A source with a change of unknown outcome that is due, and a directory that works again. */
async function withUnfinished(options: { storage: Storage; timer?: StartTimer | false }): Promise<{
  app: SourceApp;
  directory: RecordingDirectory;
  clock: ReturnType<typeof createTestClock>;
}> {
  const directory = new RecordingDirectory();
  const clock = createTestClock();
  const app = await createSourceApp({ ...options, directory, now: clock.now });
  directory.before = () => {
    throw new Error("away");
  };
  await app.send("POST", "/Users", { schemas: [USER], userName: "a" });
  directory.before = () => {};
  clock.advance(1000);
  return { app, directory, clock };
}

const userCount = async ({ send }: SourceApp): Promise<unknown> => (await send("GET", "/Users")).body.totalResults;
const signal = new AbortController().signal;

describe("settling", () => {
  it("happens on the source's own timer", async () => {
    const timers = testTimers();
    const { app } = await withUnfinished({ storage: memoryStorage(), timer: timers.start });
    timers.tick();
    await expect.poll(() => userCount(app)).toBe(1);
    expect(timers.running).toBe(1);
    const { id: source } = await app.source.identity();
    const event = { type: "source.settled", source, tenant: source, outcome: "committed" };
    expect(app.events).toContainEqual(expect.objectContaining(event));
  });

  it("never delays a request, nor is begun by one, however many requests come", async () => {
    const { app, directory, clock } = await withUnfinished({ storage: memoryStorage(), timer: false });
    directory.before = () => new Promise(() => {});
    clock.advance(60_000);
    expect(await userCount(app)).toBe(0);
    expect(await userCount(app)).toBe(0);
    expect(directory.calls).toHaveLength(1);
  });

  it("is a task that others can run; the timer then leaves it to them", async () => {
    const timers = testTimers();
    const { app, directory, clock } = await withUnfinished({ storage: memoryStorage(), timer: timers.start });
    expect(app.source.task).toMatchObject({ name: "source.settle:people", everyMs: 10_000 });
    await app.source.task?.run(signal);
    expect([await userCount(app), directory.calls.length]).toEqual([1, 2]);
    const due = vi.spyOn(app.source.storage.state, "due");
    timers.tick();
    clock.advance(10_000);
    timers.tick();
    expect(due).not.toHaveBeenCalled();
    clock.advance(10_000);
    timers.tick();
    // The intents, and the outbox.
    await expect.poll(() => due.mock.calls.length).toBe(2);
  });

  it("runs once at a time, and stops when its signal aborts", async () => {
    const { app, directory } = await withUnfinished({ storage: memoryStorage(), timer: false });
    await app.source.task?.run(AbortSignal.abort());
    expect(directory.calls).toHaveLength(1);
    await Promise.all([app.source.task?.run(signal), app.source.task?.run(signal)]);
    expect(directory.calls).toHaveLength(2);
  });

  it("goes on after the storage has failed", async () => {
    const timers = testTimers();
    const storage = memoryStorage();
    const { app, clock } = await withUnfinished({ storage, timer: timers.start });
    const due = vi.spyOn(storage.state, "due").mockRejectedValueOnce(new Error("away"));
    timers.tick();
    await expect.poll(() => due.mock.calls.filter(([collection]) => collection === "intents").length).toBe(1);
    clock.advance(10_000);
    await expect
      .poll(() => {
        timers.tick();
        return userCount(app);
      })
      .toBe(1);
  });

  it("runs without a directory too, since changes and requests are kept for a time", () => {
    const timers = testTimers();
    const storage = memoryStorage();
    createSource({ slug: "people", baseUrl: "https://app.example", storage, timer: timers.start });
    expect(timers.running).toBe(1);
  });

  it("removes what was kept long enough also while settling fails", async () => {
    const storage = memoryStorage();
    const { app, clock } = await withUnfinished({ storage, timer: false });
    clock.advance(31 * 86_400_000);
    const due = storage.state.due.bind(storage.state);
    const failing = vi.spyOn(storage.state, "due").mockImplementation(async (collection, ...rest) => {
      if (collection === "intents") throw new Error("unreadable");
      return due(collection, ...rest);
    });
    await expect(app.source.task.run(signal)).rejects.toThrow("unreadable");
    expect(failing.mock.calls.map(([collection]) => collection)).toContain("source-changes");
  });

  it("begins at the first request where the runtime forbids timers until then", async () => {
    const timers = testTimers();
    let isStarting = true;
    const start: StartTimer = (tick, ms) => {
      if (isStarting) throw new Error("Disallowed operation called within global scope");
      return timers.start(tick, ms);
    };
    const app = await createSourceApp({ storage: memoryStorage(), directory: new RecordingDirectory(), timer: start });
    expect(timers.running).toBe(0);
    isStarting = false;
    await userCount(app);
    await userCount(app);
    expect(timers.running).toBe(1);
  });
});

describe("the timer of a source", () => {
  const make = (timer: StartTimer): Source =>
    createSource({
      slug: "people",
      baseUrl: "https://app.example",
      storage: memoryStorage(),
      directory: new RecordingDirectory(),
      timer,
    });
  /** Runs the garbage collector until `isDone`, at most a few times: references may live on in registers. */
  async function collect(isDone: () => boolean): Promise<void> {
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    for (let round = 0; round < 20 && !isDone(); round += 1) {
      await new Promise((resume) => setImmediate(resume));
      gc();
    }
  }

  it("does not keep a source in memory that nobody refers to, and ends with it", async () => {
    const timers = testTimers();
    const reference = new WeakRef(make(timers.start));
    await collect(() => reference.deref() === undefined);
    expect(reference.deref()).toBeUndefined();
    await collect(() => {
      timers.tick();
      return timers.running === 0;
    });
    expect(timers.running).toBe(0);
  });

  it("goes on as long as the source's fetch is in use", async () => {
    const timers = testTimers();
    const { fetch } = make(timers.start);
    await collect(() => false);
    timers.tick();
    expect(timers.running).toBe(1);
    expect((await fetch(new Request("https://app.example/elsewhere"))).status).toBe(404);
  });

  it("does not keep the process running", async () => {
    const timers = vi.spyOn(globalThis, "setInterval");
    createSource({
      slug: "people",
      baseUrl: "https://app.example",
      storage: memoryStorage(),
      directory: new RecordingDirectory(),
    });
    const [timer] = timers.mock.results.map(({ value }) => value as NodeJS.Timeout);
    timers.mockRestore();
    expect(timer?.hasRef()).toBe(false);
    clearInterval(timer);
  });
});
