import type { Queue, QueueHandler } from "../../../src/queue/queue.ts";
import type { QueueCaseId } from "../../../src/testing/queue/queue-contract.ts";

/** Makes a faithful queue break one promise. */
export type QueueSaboteur = (queue: Queue) => Queue;

/**
 * For each case of `queueContract`, a way to make a faithful queue break its promise. The case must notice: that is what
 * tests the contract itself.
 */
export const queueSaboteurs: Readonly<Record<QueueCaseId, QueueSaboteur>> = {
  "wake.delivers": altered((inner) => {
    let wakes = 0;
    return {
      wake: async (topic, key, options) => {
        wakes += 1;
        if (wakes % 10 !== 0) await inner.wake(topic, key, options);
      },
    };
  }),
  "wake.before-work": altered((inner) => {
    const worked = new Set<string>();
    return {
      wake: async (topic, key, options) => {
        if (worked.has(topic)) await inner.wake(topic, key, options);
      },
      work: (topic, handler, options) => inner.work(String(worked.add(topic) && topic), handler, options),
    };
  }),
  "wake.exact-keys": altered((inner) => ({
    wake: (topic, key, options) => inner.wake(topic, key.normalize("NFC"), options),
  })),
  "wake.topics-apart": altered((inner) => {
    const topics = new Set<string>();
    return {
      wake: async (_topic, key, options) => {
        for (const topic of topics) await inner.wake(topic, key, options);
      },
      work: (topic, handler, options) => inner.work(String(topics.add(topic) && topic), handler, options),
    };
  }),
  "wake.while-running": altered((inner) => {
    const running = new Set<string>();
    return {
      wake: async (topic, key, options) => {
        if (!running.has(key)) await inner.wake(topic, key, options);
      },
      work: (topic, handler, options) =>
        inner.work(
          topic,
          async (key, signal) => {
            running.add(key);
            await handler(key, signal).finally(() => running.delete(key));
          },
          options,
        ),
    };
  }),
  "wake.absorbs": numbered((inner, numbers) => ({
    wake: (topic, key, options) => inner.wake(topic, numbers.next(key), options),
  })),
  "tx.commit": altered((inner) => ({
    wake: async (topic, key, { tx } = {}) => {
      if (tx === undefined) await inner.wake(topic, key);
    },
  })),
  "tx.before-commit": altered((inner) => ({ wake: (topic, key) => inner.wake(topic, key) })),
  "tx.rollback": altered((inner) => ({
    wake: async (topic, key, { tx } = {}) => {
      if (tx === undefined) await inner.wake(topic, key);
      else setImmediate(() => void inner.wake(topic, key));
    },
  })),
  "tx.without-after-commit": altered((inner) => ({
    wake: (topic, key, { tx } = {}) => inner.wake(topic, key, tx?.afterCommit === undefined ? {} : { tx }),
  })),
  "work.same-key-apart": numbered((inner, numbers) => ({
    wake: async (topic, key, options) => {
      await inner.wake(topic, numbers.next(key), options);
      await inner.wake(topic, numbers.next(key), options);
    },
  })),
  "work.concurrency": altered((inner) => ({
    work: (topic, handler) => inner.work(topic, handler, { concurrency: 10 }),
  })),
  "work.one-handler": altered((inner) => ({
    work: (topic, handler, options) =>
      inner.work(topic, handler, options).catch(() => ({
        stop: async () => {},
      })),
  })),
  "work.after-failure": handling((handler) => {
    let hasFailed = false;
    return async (key, signal) => {
      if (hasFailed) return;
      await handler(key, signal).catch(() => {
        hasFailed = true;
      });
    };
  }),
  "stop.waits": altered((inner) => ({
    work: async (topic, handler, options) => {
      const worker = await inner.work(topic, handler, options);
      return { stop: async () => void worker.stop() };
    },
  })),
  "stop.aborts": handling((handler) => (key) => handler(key, new AbortController().signal)),
  "stop.takes-no-more": altered((inner) => {
    const handlers: QueueHandler[] = [];
    return {
      work: (topic, handler, options) => {
        handlers.push(handler);
        return inner.work(
          topic,
          async (key, signal) => {
            for (const each of handlers) await each(key, signal);
          },
          options,
        );
      },
    };
  }),
  "stop.frees-the-topic": altered((inner) => {
    let stopCurrent = async (): Promise<void> => {};
    return {
      work: async (topic, handler, options) => {
        const worker = await inner.work(topic, handler, options);
        stopCurrent = () => worker.stop();
        return { stop: () => stopCurrent() };
      },
    };
  }),
  "depth.counts": altered(() => ({ depth: async () => ({ waiting: 0, oldest: undefined }) })),
  "every.wakes": altered(() => ({ every: async () => {} })),
  "every.again": numbered((inner, numbers) => ({
    every: (topic, key, cron) => inner.every(topic, numbers.next(key), cron),
    never: (topic, key) => inner.never(topic, `${key}#1`),
  })),
  "every.replaces": numbered((inner, numbers) => ({
    every: (topic, key, cron) => inner.every(topic, numbers.next(key), cron),
  })),
  "every.keys-apart": altered((inner) => {
    const topics = new Set<string>();
    return {
      every: (topic, key, cron) => inner.every(String(topics.add(topic) && topic), key, cron),
      never: async (_topic, key) => {
        for (const topic of topics) await inner.never(topic, key);
      },
    };
  }),
  "every.refuses": altered((inner) => ({ every: (topic, key, cron) => inner.every(topic, key, cron).catch(() => {}) })),
  "never.ends": altered(() => ({ never: async () => {} })),
  "never.unknown": altered((inner) => {
    const ended = new Set<string>();
    return {
      never: async (_topic, key) => void ended.add(key),
      wake: async (topic, key, options) => {
        if (!ended.has(key)) await inner.wake(topic, key, options);
      },
    };
  }),
};

function altered(how: (inner: Queue) => Partial<Queue>): QueueSaboteur {
  return (queue) => ({ ...queue, ...how(queue) });
}

/** A saboteur that stands between the queue and each handler. */
function handling(wrap: (handler: QueueHandler) => QueueHandler): QueueSaboteur {
  return altered((inner) => ({ work: (topic, handler, options) => inner.work(topic, wrap(handler), options) }));
}

/** A saboteur that takes one key for several: handlers see no numbers. */
function numbered(how: (inner: Queue, numbers: { next(key: string): string }) => Partial<Queue>): QueueSaboteur {
  let last = 0;
  const next = (key: string): string => {
    last += 1;
    return `${key}#${last}`;
  };
  const strip = handling((handler) => (key, signal) => handler(key.replace(/#\d+$/, ""), signal));
  return (queue) => {
    const stripped = strip(queue);
    return { ...stripped, ...how(queue, { next }) };
  };
}
