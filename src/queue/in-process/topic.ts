import type { StartTimer } from "../../timing/interval.ts";
import type { QueueHandler, QueueWorker } from "../queue.ts";
import type { CronTimes } from "../schedule/cron.ts";

/** The most keys that are kept for a topic without a worker. */
const KEPT_WITHOUT_WORKER = 10_000;
/** How often schedules check the clock, in milliseconds. */
const TICK_MS = 1000;

/** What a topic needs of its queue. */
export interface TopicContext {
  /** Reports the error of a handler. */
  readonly report: (error: unknown, key: string) => void;
  readonly now: () => number;
  readonly timer: StartTimer;
}

interface Worker {
  readonly handler: QueueHandler;
  readonly concurrency: number;
  readonly controller: AbortController;
  /** Resolves when the worker has stopped. */
  stopping: Promise<void> | undefined;
}

interface Schedule {
  readonly times: CronTimes;
  /** When `next` was computed. */
  since: number;
  /** When the key is woken next. */
  next: number | undefined;
}

/** One topic of a queue in memory: waiting keys, keys in progress, and schedules. */
export class Topic {
  private readonly context: TopicContext;
  /** When each waiting key was added, in this order. */
  private readonly waiting: Map<string, number> = new Map();
  private readonly running: Map<string, Promise<void>> = new Map();
  private readonly schedules: Map<string, Schedule> = new Map();
  private worker: Worker | undefined;
  private stopTimer: (() => void) | undefined;

  constructor(context: TopicContext) {
    this.context = context;
  }

  /** How many keys wait, and since when the first one waits. */
  get depth(): { readonly waiting: number; readonly oldest: number | undefined } {
    const [oldest] = this.waiting.values();
    return { waiting: this.waiting.size, oldest };
  }

  /** The work in progress. If there is a worker, keys wait only while it is busy. */
  get work(): readonly Promise<void>[] {
    return [...this.running.values()];
  }

  wake(key: string): void {
    if (this.waiting.has(key)) return;
    if (this.worker === undefined && this.waiting.size >= KEPT_WITHOUT_WORKER) return;
    this.waiting.set(key, this.context.now());
    this.begin();
  }

  /** Sets the worker and begins; undefined if there is one already. */
  start(handler: QueueHandler, concurrency: number): QueueWorker | undefined {
    if (this.worker !== undefined) return undefined;
    const worker: Worker = { handler, concurrency, controller: new AbortController(), stopping: undefined };
    this.worker = worker;
    this.keepTime();
    this.begin();
    return {
      stop: () => {
        worker.stopping ??= this.end(worker);
        return worker.stopping;
      },
    };
  }

  /** Wakes the key at these times as long as there is a worker. */
  every(key: string, times: CronTimes): void {
    const since = this.context.now();
    this.schedules.set(key, { times, since, next: times.next(since) });
    this.keepTime();
  }

  never(key: string): void {
    this.schedules.delete(key);
    this.keepTime();
  }

  private async end(worker: Worker): Promise<void> {
    worker.controller.abort();
    this.keepTime();
    await Promise.all(this.running.values());
    this.worker = undefined;
  }

  /** Starts as many of the waiting keys as the worker may process at a time. */
  private begin(): void {
    const { worker } = this;
    if (worker === undefined) return;
    for (const [key, since] of this.waiting) {
      if (this.running.size >= worker.concurrency || worker.controller.signal.aborted) return;
      if (this.running.has(key)) continue;
      this.waiting.delete(key);
      this.running.set(key, this.run(worker, key, since));
    }
  }

  private async run({ handler, controller }: Worker, key: string, since: number): Promise<void> {
    // The handler does not run inside the call of `wake`.
    await Promise.resolve();
    try {
      if (controller.signal.aborted) this.waiting.set(key, since);
      else await handler(key, controller.signal);
    } catch (error) {
      this.context.report(error, key);
    }
    this.running.delete(key);
    this.begin();
  }

  /** Runs a timer exactly as long as there is a worker and a schedule. */
  private keepTime(): void {
    const { worker, schedules, context } = this;
    const isNeeded = worker !== undefined && !worker.controller.signal.aborted && schedules.size > 0;
    if (isNeeded) this.stopTimer ??= context.timer(() => this.tick(), TICK_MS);
    else {
      this.stopTimer?.();
      this.stopTimer = undefined;
    }
  }

  private tick(): void {
    const now = this.context.now();
    for (const [key, schedule] of this.schedules) {
      const isDue = schedule.next !== undefined && schedule.next <= now;
      if (isDue) this.wake(key);
      // Also when the clock was set back.
      if (isDue || now < schedule.since) {
        schedule.since = now;
        schedule.next = schedule.times.next(now);
      }
    }
  }
}
