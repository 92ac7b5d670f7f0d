import { describe, expect, it } from "vitest";
import { inProcessQueue } from "../../src/queue/in-process/in-process-queue.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { ContractViolation } from "../../src/testing/contract/contract-violation.ts";
import { type QueueContractOptions, queueContract } from "../../src/testing/queue/queue-contract.ts";
import { hostileQueue } from "../helpers/hostile-queue.ts";
import { type ManualTime, manualTime } from "../helpers/manual-time.ts";
import { type QueueSaboteur, queueSaboteurs } from "./queue-saboteurs/queue-saboteurs.ts";

/** The contract over a queue of this process in the hands of this saboteur. */
function contractOver(saboteur: QueueSaboteur, options: Pick<QueueContractOptions, "waitFor"> = {}) {
  const times = new WeakMap<Queue, ManualTime>();
  return queueContract({
    ...options,
    create: async () => {
      const time = manualTime();
      const queue = saboteur(inProcessQueue({ now: time.now, timer: time.timer }));
      times.set(queue, time);
      return queue;
    },
    passTime: async (queue, ms) => times.get(queue)?.advance(ms),
  });
}

/** Gives up soon: a case that waits for what a saboteur holds back has noticed it then. */
async function waitShortly(condition: () => boolean): Promise<void> {
  const end = Date.now() + 200;
  while (!condition() && Date.now() < end) await new Promise((resume) => setTimeout(resume, 1));
}

describe("the queue contract", () => {
  const faithful = contractOver((queue) => queue);

  it("has a saboteur for every case and a case for every saboteur", () => {
    expect(faithful.length).toBeGreaterThan(25);
    expect(faithful.map((one) => one.id).sort()).toEqual(Object.keys(queueSaboteurs).sort());
  });

  it("is kept by a faithful queue", async () => {
    for (const one of faithful) await one.run();
  });

  it("is kept by a queue that delivers late, twice and in another order, as it may", async () => {
    for (const one of contractOver((queue) => hostileQueue(queue))) await one.run();
  });

  it("can be run over one queue that all cases share, at the same time", async () => {
    const time = manualTime();
    const queue = inProcessQueue({ now: time.now, timer: time.timer });
    const cases = queueContract({ create: async () => queue });
    await Promise.all(cases.map((one) => one.run()));
    expect(time.timers).toBe(0);
  });

  it.each(faithful.map((one) => one.id))("notices the saboteur of %s", async (id) => {
    const sabotaged = contractOver(queueSaboteurs[id], { waitFor: waitShortly }).find((one) => one.id === id);
    const failure = await sabotaged?.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure instanceof ContractViolation, String(failure)).toBe(true);
  });
});
