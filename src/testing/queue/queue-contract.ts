import type { Queue } from "../../queue/queue.ts";
import { bindCases, type ContractCase } from "../contract/contract-case.ts";
import { type OpenSubject, type QueueCases, queueSubject } from "./queue-subject.ts";
import { type ScheduleCaseId, scheduleCases } from "./schedule-cases.ts";
import { type WakeCaseId, wakeCases } from "./wake-cases.ts";
import { type WorkCaseId, workCases } from "./work-cases.ts";

/** How long the default `waitFor` waits, and how often it checks, in milliseconds. */
const LONGEST_WAIT_MS = 10_000;
const LOOK_EVERY_MS = 5;

/** The cases that every `Queue` must pass. */
export type QueueCaseId = WakeCaseId | WorkCaseId | ScheduleCaseId;

/** How a contract gets its queues. */
export interface QueueContractOptions {
  /** Makes a queue; called once a case. Cases use topics of their own, so that they can share what is behind it. */
  create(): Promise<Queue>;
  /** Releases the queue after the case, whether the case passed or not. */
  destroy?(queue: Queue): Promise<void>;
  /**
   * Waits until the condition holds, at most as long as a key may need to arrive. @default checks for up to 10 seconds
   */
  waitFor?(condition: () => boolean): Promise<void>;
  /** Lets so many milliseconds pass for the queue's schedules. Without it most cases on schedules are skipped. */
  passTime?(queue: Queue, ms: number): Promise<void>;
}

/**
 * The guarantees of `Queue` as test cases: run them with `runContract`. A queue may deliver late, twice and in any
 * order; no case expects otherwise.
 *
 * @example
 * ```ts
 * import { describe, it } from "vitest";
 * import { inProcessQueue } from "scimkit/queue";
 * import { queueContract, runContract } from "scimkit/testing";
 *
 * runContract({ describe, it }, "queue: in process", queueContract({ create: async () => inProcessQueue() }));
 * ```
 */
export function queueContract(options: QueueContractOptions): ContractCase<QueueCaseId>[] {
  const cases: QueueCases<QueueCaseId> = { ...wakeCases, ...workCases, ...scheduleCases };
  const { create, destroy, waitFor = lookForIt, passTime } = options;
  return bindCases<QueueCaseId, OpenSubject, OpenSubject>(cases, {
    options,
    create: async () => queueSubject(await create(), { waitFor, passTime }),
    destroy: async (subject) => {
      await subject.end();
      await destroy?.(subject.queue);
    },
  });
}

async function lookForIt(condition: () => boolean): Promise<void> {
  const end = Date.now() + LONGEST_WAIT_MS;
  while (!condition() && Date.now() < end) await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
}
