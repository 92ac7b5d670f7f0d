import { Cron } from "croner";
import pLimit, { type LimitFunction } from "p-limit";
import { z } from "zod";
import { functionOption, resolveOptions } from "../../options/resolve-options.ts";
import type { Job, Queue, Worker } from "../queue.ts";

/** Timers cannot wait longer, in milliseconds; they would fire at once. */
const LONGEST_WAIT_MS = 2_147_483_647;

/** Options of `inProcessQueue`. */
export interface InProcessQueueOptions {
  /** Jobs at a time. @default 4 */
  concurrency?: number;
  /** Told what a worker threw. @default nobody is told */
  onError?: (error: unknown, job: Job) => void;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
}

interface ResolvedOptions {
  readonly concurrency: number;
  readonly onError: (error: unknown, job: Job) => void;
  readonly now: () => number;
}

const schema: z.ZodType<ResolvedOptions> = z.strictObject({
  concurrency: z.number().int().positive().default(4),
  onError: functionOption<ResolvedOptions["onError"]>().default(() => () => {}),
  now: functionOption<() => number>().default(() => Date.now),
});

const CRON = { timezone: "UTC", mode: "5-part" } as const;

/** A queue in the memory of this process: what waits in it is gone when the process ends. */
export function inProcessQueue(options: InProcessQueueOptions = {}): Queue {
  return new InProcessQueue(resolveOptions("inProcessQueue", schema, options));
}

class InProcessQueue implements Queue {
  private readonly options: ResolvedOptions;
  private readonly limit: LimitFunction;
  private readonly workers: Map<string, Worker> = new Map();
  private readonly schedules: { readonly job: Job; readonly cron: string }[] = [];
  private readonly clocks: Cron[] = [];
  private readonly waiting: Map<string, Job> = new Map();
  private readonly running: Map<string, Promise<void>> = new Map();
  private readonly timers: Map<string, ReturnType<typeof setTimeout>> = new Map();
  private started = false;

  constructor(options: ResolvedOptions) {
    this.options = options;
    this.limit = pLimit(options.concurrency);
  }

  async add(job: Job): Promise<void> {
    const key = keyOf(job);
    const known = this.waiting.get(key);
    if (known !== undefined && (known.dueAt ?? 0) <= (job.dueAt ?? 0)) return;
    this.waiting.set(key, job);
    if (this.started) this.plan(key, job);
  }

  work(name: string, worker: Worker): void {
    if (this.workers.has(name)) throw new TypeError(`There is a worker for ${name} already`);
    this.workers.set(name, worker);
  }

  schedule(job: Job, cron: string): void {
    try {
      new Cron(cron, CRON);
    } catch (cause) {
      throw new TypeError(`schedule: ${cron} is not a cron expression of five fields`, { cause });
    }
    this.schedules.push({ job, cron });
    if (this.started) this.keepTime({ job, cron });
  }

  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    for (const schedule of this.schedules) this.keepTime(schedule);
    for (const [key, job] of this.waiting) this.plan(key, job);
  }

  async stop(): Promise<void> {
    this.started = false;
    // One that is merely paused keeps its timer, and with it the process.
    for (const clock of this.clocks.splice(0)) clock.stop();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  async idle(): Promise<void> {
    while (this.running.size > 0 || this.hasDue()) {
      await Promise.all(this.running.values());
      // A turn of the event loop, so that timers which are due can begin their jobs.
      await new Promise<void>((wake) => setTimeout(wake, 0));
    }
  }

  private keepTime({ job, cron }: { readonly job: Job; readonly cron: string }): void {
    this.clocks.push(new Cron(cron, CRON, () => void this.add(job)));
  }

  private hasDue(): boolean {
    const now = this.options.now();
    return this.started && [...this.waiting.values()].some((job) => (job.dueAt ?? 0) <= now);
  }

  private plan(key: string, job: Job): void {
    const wait = (job.dueAt ?? 0) - this.options.now();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    if (wait <= 0) {
      this.begin(key);
      return;
    }
    const timer = setTimeout(
      () => {
        this.timers.delete(key);
        this.begin(key);
      },
      Math.min(wait, LONGEST_WAIT_MS),
    );
    this.timers.set(key, timer);
  }

  /** A job whose key is running waits for that to end, then runs once, however often it was asked for. */
  private begin(key: string): void {
    if (!this.started || this.running.has(key)) return;
    const done = this.limit(() => this.run(key)).then(() => {
      this.running.delete(key);
      const next = this.waiting.get(key);
      if (next !== undefined && this.started) this.plan(key, next);
    });
    this.running.set(key, done);
  }

  private async run(key: string): Promise<void> {
    const job = this.waiting.get(key);
    if (job === undefined || !this.started) return;
    // The timer could not wait any longer; another one follows.
    if ((job.dueAt ?? 0) > this.options.now()) return;
    this.waiting.delete(key);
    try {
      await this.workers.get(job.name)?.(job);
    } catch (error) {
      this.tell(error, job);
    }
  }

  private tell(error: unknown, job: Job): void {
    try {
      this.options.onError(error, job);
    } catch {
      // Whoever is told must not be able to stop the queue.
    }
  }
}

function keyOf(job: Job): string {
  return `${job.name}\n${job.key}`;
}
