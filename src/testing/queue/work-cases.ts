import { ContractViolation, expectSame, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import { pause, type QueueCases } from "./queue-subject.ts";

/** The cases of handlers. */
export type WorkCaseId =
  | "work.same-key-apart"
  | "work.concurrency"
  | "work.one-handler"
  | "work.after-failure"
  | "stop.waits"
  | "stop.aborts"
  | "stop.takes-no-more"
  | "stop.frees-the-topic"
  | "depth.counts";

/** How often the depth is read, a moment apart, before it must show what was woken. */
const LOOKS = 500;

/** The guarantees on handlers. */
export const workCases: QueueCases<WorkCaseId> = {
  "work.same-key-apart": {
    title: "one key is never processed twice at a time",
    run: async ({ queue, topic, work, until }) => {
      const running = new Set<string>();
      let [runs, overlaps] = [0, 0];
      await work(async (key) => {
        if (running.has(key)) overlaps += 1;
        running.add(key);
        await pause();
        running.delete(key);
        runs += 1;
      });
      for (let index = 0; index < 20; index += 1) {
        const before = runs;
        for (const key of ["a", "b", "a"]) await queue.wake(topic, key);
        await until(() => runs > before, "Keys are worked on");
      }
      expectSame(overlaps, 0, "No key is processed twice at a time");
    },
  },
  "work.concurrency": {
    title: "a handler is not called for more keys at a time than its concurrency",
    run: async ({ queue, topic, work, until }) => {
      let [running, most] = [0, 0];
      const seen = new Set<string>();
      await work(
        async (key) => {
          running += 1;
          most = Math.max(most, running);
          await pause();
          running -= 1;
          seen.add(key);
        },
        { concurrency: 2 },
      );
      for (let index = 0; index < 20; index += 1) await queue.wake(topic, `key ${index}`);
      await until(() => seen.size === 20, "All keys are worked on");
      expectThat(most <= 2, `At most two keys are worked on at a time, not ${most}`);
    },
  },
  "work.one-handler": {
    title: "a second handler of a topic in one process is a TypeError",
    run: async ({ work }) => {
      await work(async () => {});
      const failure = await work(async () => {}).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!(failure instanceof TypeError)) throw new ContractViolation("A second handler of a topic is a TypeError");
    },
  },
  "work.after-failure": {
    title: "a handler that throws is called for the keys that follow",
    run: async ({ queue, topic, work, until }) => {
      const seen = new Set<string>();
      await work(
        async (key) => {
          seen.add(key);
          throw new TypeError("The handler fails");
        },
        { concurrency: 1 },
      );
      for (const key of ["first", "second", "third"]) await queue.wake(topic, key);
      await until(() => seen.size === 3, "Keys that follow a failure arrive");
    },
  },
  "stop.waits": {
    title: "stop resolves when the work in progress has ended",
    run: async ({ queue, topic, work, gate, until }) => {
      const { open, opened } = gate();
      let [begun, ended, stopped] = [false, false, false];
      const worker = await work(async () => {
        begun = true;
        await opened;
        await pause();
        ended = true;
      });
      await queue.wake(topic, "a");
      await until(() => begun, "The work begins");
      const stopping = worker.stop().then(() => {
        stopped = true;
      });
      await pause();
      expectThat(!stopped, "stop does not resolve while work is running");
      open();
      await stopping;
      expectThat(ended, "stop waits for the work");
    },
  },
  "stop.aborts": {
    title: "stop aborts the signal of the work in progress",
    run: async ({ queue, topic, work, gate, until }) => {
      const { open, opened } = gate();
      const signals: AbortSignal[] = [];
      const worker = await work(async (_key, signal) => {
        signals.push(signal);
        await opened;
      });
      await queue.wake(topic, "a");
      await until(() => signals.length > 0, "The work begins");
      expectThat(signals[0]?.aborted === false, "The signal is not aborted before stop is called");
      const stopping = worker.stop();
      await until(() => signals[0]?.aborted === true, "stop aborts the signal");
      open();
      await stopping;
    },
  },
  "stop.takes-no-more": {
    title: "a handler that was stopped is not called any more",
    run: async ({ queue, topic, work, until, settle }) => {
      const [seen, later] = [new Set<string>(), new Set<string>()];
      const worker = await work(async (key) => void seen.add(key));
      await queue.wake(topic, "before");
      await until(() => seen.has("before"), "The first key arrives");
      await worker.stop();
      await work(async (key) => void later.add(key));
      await queue.wake(topic, "after");
      await until(() => later.has("after"), "The handler that follows gets the key");
      await settle();
      expectThat(!seen.has("after"), "The handler that was stopped gets no key");
    },
  },
  "stop.frees-the-topic": {
    title: "after stop the topic accepts another handler, and stopping twice has no effect",
    run: async ({ queue, topic, work, until }) => {
      const first = await work(async () => {});
      await first.stop();
      await first.stop();
      const seen = new Set<string>();
      const second = await work(async (key) => void seen.add(key));
      await queue.wake(topic, "a");
      await until(() => seen.has("a"), "The second handler gets the key");
      await first.stop();
      await queue.wake(topic, "b");
      await until(() => seen.has("b"), "Stopping the first handler again does not stop the second");
      await second.stop();
    },
  },
  "depth.counts": {
    title: "depth counts the waiting keys, and returns since when they wait",
    run: async ({ queue, topic, work, gate, until }) => {
      appliesIf(queue.depth !== undefined, "the queue has no depth");
      const { open, opened } = gate();
      const seen = new Set<string>();
      await work(
        async (key) => {
          seen.add(key);
          await opened;
        },
        { concurrency: 1 },
      );
      for (const key of ["a", "b", "c"]) await queue.wake(topic, key);
      await until(() => seen.size > 0, "The first key is processed");
      let full = await queue.depth();
      // The others may still be on their way.
      for (let looks = 0; looks < LOOKS && full.waiting < 2; looks += 1) {
        await pause();
        full = await queue.depth();
      }
      expectThat(full.waiting >= 2, "Waiting keys are counted");
      expectThat(typeof full.oldest === "number", "The time of the oldest is returned");
      open();
      await until(() => seen.size === 3, "All keys are worked on");
    },
  },
};
