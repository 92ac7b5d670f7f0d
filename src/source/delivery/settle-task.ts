import type { BackgroundTask } from "../../queue/queue.ts";
import { isDue } from "../../timing/due.ts";
import { type StartTimer, tickWhileReferenced } from "../../timing/interval.ts";

const EVERY_MS = 10_000;
const EXPIRE_EVERY_MS = 3_600_000;
const LATEST_MS = 1.5 * EVERY_MS;

/** What the task of a source, or of many, does. */
export interface SettleTaskOptions {
  readonly name: string;
  readonly settle: (signal: AbortSignal) => Promise<number>;
  /** Removes what was kept long enough. */
  readonly expire: (signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
}

/** The task of a source: it finishes the changes that are due and, once an hour, removes what was kept long enough. */
export class SettleTask implements BackgroundTask {
  readonly name: string;
  readonly everyMs: number = EVERY_MS;
  private readonly options: SettleTaskOptions;
  private running: Promise<void> | undefined;
  /** When something other than the timer last ran it. */
  private ranAt: number = Number.NEGATIVE_INFINITY;
  private expiredAt: number = Number.NEGATIVE_INFINITY;
  private hasTimer = false;

  constructor(options: SettleTaskOptions) {
    this.options = options;
    this.name = options.name;
  }

  /** Runs once at a time: a call during a run waits for that run. */
  run(signal: AbortSignal): Promise<void> {
    this.ranAt = this.options.now();
    return this.runOnce(signal);
  }

  /**
   * Starts a timer that runs the task if nothing else does, unless there is one already. If the runtime allows no
   * timers yet, it does nothing, so it is called again at each request.
   */
  startTimer(start: StartTimer): void {
    if (this.hasTimer) return;
    try {
      tickWhileReferenced<SettleTask>(this, (task) => task.tick(), { ms: EVERY_MS, start });
      this.hasTimer = true;
    } catch {
      // Edge workers allow no timers outside of a request.
    }
  }

  private runOnce(signal: AbortSignal): Promise<void> {
    this.running ??= this.settle(signal).finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async settle(signal: AbortSignal): Promise<void> {
    const { settle, expire, now } = this.options;
    try {
      await settle(signal);
    } finally {
      // Also while a directory fails: credentials expire all the same.
      if (isDue(this.expiredAt + EXPIRE_EVERY_MS, now(), EXPIRE_EVERY_MS)) {
        this.expiredAt = now();
        await expire(signal);
      }
    }
  }

  private tick(): void {
    // Provisioning runs it about every ten seconds.
    if (!isDue(this.ranAt + LATEST_MS, this.options.now(), LATEST_MS)) return;
    this.runOnce(new AbortController().signal).catch(() => {
      // The storage failed. Requests report that, and the next tick tries again.
    });
  }
}
