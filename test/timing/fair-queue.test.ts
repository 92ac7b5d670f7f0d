import { beforeEach, describe, expect, it } from "vitest";
import { FairQueue } from "../../src/timing/fair-queue.ts";

/** Tasks that end when the test says so. */
class Tasks {
  /** The names of those that began, in order. */
  readonly begun: string[] = [];
  /** The most that ran at the same time. */
  most = 0;
  private readonly ends: Map<string, () => void> = new Map();

  of(name: string): () => Promise<string> {
    return async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.begun.push(name);
      this.ends.set(name, resolve);
      this.most = Math.max(this.most, this.ends.size);
      await promise;
      return name;
    };
  }

  /** Ends the task, and lets others begin. */
  async end(name: string): Promise<void> {
    this.ends.get(name)?.();
    this.ends.delete(name);
    await settled();
  }

  /** Ends what has begun, until nothing begins any more. */
  async endAll(): Promise<void> {
    for (const name of this.begun) await this.end(name);
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe("a fair queue", () => {
  let tasks: Tasks;
  beforeEach(() => {
    tasks = new Tasks();
  });

  /** Adds tasks to the key, named `a1`, `a2`, … */
  const add = (queue: FairQueue, key: string, count: number): Promise<string>[] =>
    Array.from({ length: count }, (_, index) => queue.run({ key }, tasks.of(`${key}${index + 1}`)));

  it("runs as many tasks at a time as it may, and those of one key in the order of their arrival", async () => {
    const queue = new FairQueue({ concurrency: 2, maxWaiting: 100 });
    const results = add(queue, "a", 5);
    await settled();
    expect(tasks.begun).toEqual(["a1", "a2"]);
    await tasks.endAll();
    expect(await Promise.all(results)).toEqual(["a1", "a2", "a3", "a4", "a5"]);
    expect(tasks.begun).toEqual(["a1", "a2", "a3", "a4", "a5"]);
    expect(tasks.most).toBe(2);
  });

  it("lets keys take turns: a key with one task waits for two tasks of each other key, however many wait", async () => {
    const queue = new FairQueue({ concurrency: 1, maxWaiting: 3000 });
    const results = [...add(queue, "a", 2000), ...add(queue, "b", 2000), ...add(queue, "c", 1)];
    await tasks.endAll();
    await Promise.all(results);
    expect(tasks.begun.slice(0, 6)).toEqual(["a1", "a2", "b1", "c1", "a3", "b2"]);
    expect(tasks.begun).toHaveLength(4001);
  });

  it("gives no key more than its share, so that another one begins at once", async () => {
    const queue = new FairQueue({ concurrency: 3, share: 2, maxWaiting: 100 });
    const results = [...add(queue, "a", 5), ...add(queue, "b", 2)];
    await settled();
    expect(tasks.begun).toEqual(["a1", "a2", "b1"]);
    await tasks.end("b1");
    expect(tasks.begun).toEqual(["a1", "a2", "b1", "b2"]);
    await tasks.end("b2");
    expect(tasks.begun).toHaveLength(4);
    await tasks.endAll();
    await Promise.all(results);
    expect(tasks.most).toBe(3);
  });

  it("refuses what exceeds the waiting tasks of a key with 503 and Retry-After, and no task of another key", async () => {
    const queue = new FairQueue({ concurrency: 1, maxWaiting: 2 });
    const results = add(queue, "a", 3);
    const refused = { name: "UnavailableError", status: 503, retryAfterMs: 1000 };
    await expect(queue.run({ key: "a" }, tasks.of("a4"))).rejects.toMatchObject(refused);
    results.push(...add(queue, "b", 2));
    await tasks.endAll();
    expect(await Promise.all(results)).toEqual(["a1", "a2", "a3", "b1", "b2"]);
  });

  it("does not run a task whose client has gone before its turn, and gives its place to another", async () => {
    const queue = new FairQueue({ concurrency: 1, maxWaiting: 2 });
    const first = queue.run({ key: "a" }, tasks.of("a1"));
    const gone = new AbortController();
    const leaving = [1, 2].map(() => queue.run({ key: "a", signal: gone.signal }, tasks.of("gone")));
    const left = Promise.allSettled(leaving);
    gone.abort("The client has gone");
    const next = queue.run({ key: "a" }, tasks.of("a2"));
    await expect(queue.run({ key: "a", signal: gone.signal }, tasks.of("gone"))).rejects.toMatchObject({ status: 499 });
    const reason = { name: "DisconnectedError", status: 499, cause: "The client has gone" };
    expect(await left).toMatchObject([{ reason }, { reason }]);
    await tasks.endAll();
    await Promise.all([first, next]);
    expect(tasks.begun).toEqual(["a1", "a2"]);
  });

  it("goes on after a task that fails, and is idle when nothing runs or waits", async () => {
    const queue = new FairQueue({ concurrency: 1, maxWaiting: 10 });
    await queue.idle();
    const failing = queue.run({ key: "a" }, async () => Promise.reject(new TypeError("no")));
    const results = add(queue, "a", 2);
    let isIdle = false;
    const idle = queue.idle().then(() => {
      isIdle = true;
    });
    await expect(failing).rejects.toThrow("no");
    await tasks.end("a1");
    expect(isIdle).toBe(false);
    await tasks.endAll();
    await Promise.all([...results, idle]);
    expect(isIdle).toBe(true);
  });

  it("ends the wait of a task that has waited for too long", async () => {
    const queue = new FairQueue({ concurrency: 1, maxWaiting: 10, maxWait: { ms: 0, message: "Too late" } });
    const first = queue.run({ key: "a" }, tasks.of("a1"));
    await expect(queue.run({ key: "a" }, tasks.of("a2"))).rejects.toMatchObject({ status: 503, message: "Too late" });
    await tasks.endAll();
    expect(await first).toBe("a1");
    expect(tasks.begun).toEqual(["a1"]);
  });
});
