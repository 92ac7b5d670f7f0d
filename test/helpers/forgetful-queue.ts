import { inProcessQueue } from "../../src/queue/in-process/in-process-queue.ts";
import type { Queue } from "../../src/queue/queue.ts";

/** A queue that forgets what it is woken for, as that of a process does that dies. */
export function forgetfulQueue(): Queue & { readonly forgotten: string[] } {
  const forgotten: string[] = [];
  return { ...inProcessQueue(), wake: async (topic, key) => void forgotten.push(`${topic} ${key}`), forgotten };
}

/** A queue that forgets one of two keys. */
export function halfForgetfulQueue(): Queue {
  const queue = inProcessQueue();
  let wakes = 0;
  return {
    ...queue,
    wake: async (topic, key, options) => {
      wakes += 1;
      if (wakes % 2 === 0) await queue.wake(topic, key, options);
    },
  };
}
