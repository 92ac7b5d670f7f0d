import type { Queue } from "../../src/queue/queue.ts";
import { Random } from "../provider/simulation/random.ts";

/** A queue that does all that a queue may do: it delivers late, twice, and in another order. */
export function hostileQueue(inner: Queue): Queue {
  const random = new Random(1);
  /** Keys that are on their way, with what delivers them. */
  const late = new Map<string, () => Promise<void>>();
  const deliverOne = async (): Promise<void> => {
    for (let turns = random.below(5); turns > 0; turns -= 1) await turn();
    const [name, wake] = random.pick([...late]) ?? [];
    if (name === undefined || wake === undefined) return;
    late.delete(name);
    await wake();
    await turn();
    await wake();
  };
  const delay = (topic: string, key: string): void => {
    const name = JSON.stringify([topic, key]);
    if (late.has(name)) return;
    late.set(name, () => inner.wake(topic, key));
    void deliverOne();
  };
  return {
    ...inner,
    wake: async (topic, key, { tx } = {}) => {
      if (tx === undefined) delay(topic, key);
      else tx.afterCommit?.(() => delay(topic, key));
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}
