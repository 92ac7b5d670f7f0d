import type { Queue, QueueHandler, QueueWorker } from "../../queue/queue.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { ContractViolation } from "../contract/contract-violation.ts";

/** Blocks everything that awaits `opened`. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** The subject of a case. */
export interface QueueSubject {
  readonly queue: Queue;
  /** Topics that only this case uses, so that cases can share a queue. */
  readonly topic: string;
  readonly otherTopic: string;
  /** Registers a handler; it is stopped after the case. */
  work(
    handler: QueueHandler,
    options?: { readonly concurrency?: number; readonly topic?: string },
  ): Promise<QueueWorker>;
  /** Something that handlers can wait for. It opens at the end of the case at the latest. */
  gate(): Gate;
  /** Waits until the condition holds. @throws {ContractViolation} if that takes too long */
  until(condition: () => boolean, promise: string): Promise<void>;
  /**
   * Waits until the queue has had enough time to deliver all earlier keys: several keys, woken one after another in
   * their own topic, have arrived.
   */
  settle(): Promise<void>;
  /** Advances the time of the queue's schedules; undefined if the contract cannot. */
  readonly passTime: ((ms: number) => Promise<void>) | undefined;
}

/** Cases of a queue by id. */
export type QueueCases<Id extends string> = CaseTable<Id, QueueSubject>;

/** How a subject gets its queue. */
export interface QueueSubjectOptions {
  waitFor(condition: () => boolean): Promise<void>;
  readonly passTime: ((queue: Queue, ms: number) => Promise<void>) | undefined;
}

/** A subject, and a function that stops the handlers of its case. */
export interface OpenSubject extends QueueSubject {
  end(): Promise<void>;
}

/** How many keys are woken one after another to see that a queue has nothing left to deliver. */
const PROBES = 3;

/** The subject of one case over this queue. */
export function queueSubject(queue: Queue, { waitFor, passTime }: QueueSubjectOptions): OpenSubject {
  const topic = `contract-${crypto.randomUUID()}`;
  const workers: QueueWorker[] = [];
  const gates: Gate[] = [];
  const until: QueueSubject["until"] = async (condition, promise) => {
    await waitFor(condition);
    if (!condition()) throw new ContractViolation(`${promise}: it did not happen in time`);
  };
  const work: QueueSubject["work"] = async (handler, { concurrency = 4, topic: of = topic } = {}) => {
    const worker = await queue.work(of, handler, { concurrency });
    workers.push(worker);
    return worker;
  };
  return {
    queue,
    topic,
    otherTopic: `${topic}-other`,
    work,
    gate: () => {
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      gates.push({ opened, open });
      return { opened, open };
    },
    until,
    settle: async () => {
      const probes = `contract-${crypto.randomUUID()}`;
      const seen = new Set<string>();
      const worker = await queue.work(probes, async (key) => void seen.add(key), { concurrency: 1 });
      for (let index = 0; index < PROBES; index += 1) {
        await queue.wake(probes, `${index}`);
        await until(() => seen.has(`${index}`), "A key that is woken arrives");
        await pause();
      }
      await worker.stop();
    },
    passTime: passTime && ((ms) => passTime(queue, ms)),
    end: async () => {
      for (const gate of gates) gate.open();
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

/** Lets other work run. */
export function pause(): Promise<void> {
  return new Promise((resume) => setTimeout(resume, 1));
}
