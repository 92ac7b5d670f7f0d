import * as z from "zod/mini";
import { functionOption, resolveOptions } from "../../options/resolve-options.ts";
import { type StartTimer, startHoldingInterval } from "../../timing/interval.ts";
import type { Queue, QueueDepth } from "../queue.ts";
import { Topic } from "./topic.ts";

/** Options of `inProcessQueue`. */
export interface InProcessQueueOptions {
  /** Called with the error of a handler. @default errors are ignored */
  onError?: (error: unknown, woken: { readonly topic: string; readonly key: string }) => void;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Starts the timer of schedules. Replace it in tests. @default setInterval */
  timer?: StartTimer;
}

type ResolvedOptions = Required<InProcessQueueOptions>;

const schema: z.ZodMiniType<ResolvedOptions> = z.strictObject({
  onError: z._default(functionOption<ResolvedOptions["onError"]>(), () => () => {}),
  now: z._default(functionOption<() => number>(), () => Date.now),
  timer: z._default(functionOption<StartTimer>(), () => startHoldingInterval),
});

/** A queue in the memory of one process. */
export interface InProcessQueue extends Queue {
  depth(): Promise<QueueDepth>;
  /** Resolves when no handler runs and no key waits for one. Keys of topics without a handler do not count. */
  idle(): Promise<void>;
}

/**
 * A queue in the memory of this process. Its keys are lost when the process ends, and no other process sees them.
 * Schedules keep a timer only while this process has a handler of their topic.
 *
 * @example
 * ```ts
 * const queue = inProcessQueue({ onError: (error, { topic, key }) => console.error(topic, key, error) });
 * const worker = await queue.work("mail", async (key) => send(key), { concurrency: 4 });
 * await queue.wake("mail", "42");
 * await worker.stop();
 * ```
 * @throws {TypeError} naming the option that is wrong
 */
export function inProcessQueue(options: InProcessQueueOptions = {}): InProcessQueue {
  const resolved = resolveOptions("inProcessQueue", schema, options);
  const topics = new Map<string, Topic>();
  const topicOf = (name: string): Topic => {
    const topic = topics.get(name) ?? newTopic(name, resolved);
    topics.set(name, topic);
    return topic;
  };
  return Object.freeze<InProcessQueue>({
    wake: async (topic, key, { tx } = {}) => {
      if (tx === undefined) topicOf(topic).wake(key);
      else tx.afterCommit?.(() => topicOf(topic).wake(key));
    },
    work: async (topic, handler, { concurrency }) => {
      if (typeof handler !== "function") throw new TypeError("work: the handler must be a function");
      if (!Number.isInteger(concurrency) || concurrency < 1) {
        throw new TypeError("work: concurrency must be a whole number of at least 1");
      }
      const worker = topicOf(topic).start(handler, concurrency);
      if (worker === undefined) throw new TypeError(`work: this process has a handler of ${topic} already`);
      return worker;
    },
    every: async (topic, key, cron) => {
      // The library is loaded here, since only programs with schedules need it.
      const { parseCron } = await import("../schedule/cron.ts");
      topicOf(topic).every(key, parseCron(cron));
    },
    never: async (topic, key) => topicOf(topic).never(key),
    depth: async () => depthOf([...topics.values()]),
    idle: async () => {
      const work = (): Promise<void>[] => [...topics.values()].flatMap((topic) => topic.work);
      for (let running = work(); running.length > 0; running = work()) await Promise.all(running);
    },
  });
}

function newTopic(topic: string, { onError, now, timer }: ResolvedOptions): Topic {
  return new Topic({
    now,
    timer,
    report: async (error, key) => {
      try {
        await onError(error, { topic, key });
      } catch {
        // What `onError` throws must not stop the queue.
      }
    },
  });
}

function depthOf(topics: readonly Topic[]): QueueDepth {
  const depths = topics.map((topic) => topic.depth);
  const oldest = depths.flatMap((depth) => (depth.oldest === undefined ? [] : [depth.oldest]));
  return {
    waiting: depths.reduce((sum, { waiting }) => sum + waiting, 0),
    oldest: oldest.length === 0 ? undefined : Math.min(...oldest),
  };
}
