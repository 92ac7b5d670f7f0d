import { DisconnectedError, UnavailableError } from "../errors/request-errors.ts";

/** When a client that is refused for now may send its request again. */
const RETRY_AFTER_MS = 1000;

/** For whom a task runs. */
export interface Turn {
  /** Keys take turns. For our storages: a tenant. */
  readonly key: string;
  /** Aborts when nobody waits for the result any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a `FairQueue`. */
export interface FairQueueOptions {
  /** The most tasks that run at the same time. */
  readonly concurrency: number;
  /** The most tasks of one key that run at the same time. @default concurrency */
  readonly share?: number;
  /** The most tasks of one key that wait. */
  readonly maxWaiting: number;
  /** The longest time that a task waits, in milliseconds, and the message of the error after that. @default unlimited */
  readonly maxWait?: { readonly ms: number; readonly message: string } | undefined;
  /** Returns a promise if the next task must wait for it. For tasks that block the process: see `createPacer`. */
  readonly pause?: () => Promise<void> | undefined;
}

interface Waiting {
  readonly signal: AbortSignal | undefined;
  begin(): void;
  refuse(error: Error): void;
}

/**
 * Runs a limited number of tasks at a time. Keys take turns, so a key with few tasks does not wait for all tasks of a key
 * with many; the tasks of one key run in the order of their arrival.
 */
export class FairQueue {
  private readonly options: FairQueueOptions;
  private readonly share: number;
  /** By key, in the order of the next turns. */
  private readonly waiting: Map<string, Waiting[]> = new Map();
  private readonly running: Map<string, number> = new Map();
  private total = 0;
  private isPaused = false;
  private idlers: (() => void)[] = [];

  constructor(options: FairQueueOptions) {
    this.options = options;
    this.share = options.share ?? options.concurrency;
  }

  /**
   * Runs the task when it is its turn. A task whose signal has aborted by then is not run.
   *
   * @throws {UnavailableError} when too many tasks of the key wait already, or this one has waited for too long
   * @throws {DisconnectedError} when the signal has aborted before the task began
   */
  async run<T>({ key, signal }: Turn, task: () => Promise<T>): Promise<T> {
    if (signal?.aborted === true) throw disconnected(signal);
    if (this.waiting.has(key) || !this.hasRoom(key) || this.mustPause()) await this.enqueue(key, signal);
    else this.count(key, 1);
    try {
      return await task();
    } finally {
      this.count(key, -1);
      this.beginNext();
    }
  }

  /** Resolves as soon as nothing runs and nothing waits. */
  async idle(): Promise<void> {
    if (this.total === 0 && this.waiting.size === 0) return;
    await new Promise<void>((resolve) => this.idlers.push(resolve));
  }

  private hasRoom(key: string): boolean {
    return this.total < this.options.concurrency && (this.running.get(key) ?? 0) < this.share;
  }

  private count(key: string, step: number): void {
    const count = (this.running.get(key) ?? 0) + step;
    if (count === 0) this.running.delete(key);
    else this.running.set(key, count);
    this.total += step;
  }

  /** Resolves when the task's turn has come; it is counted as running then. */
  private enqueue(key: string, signal: AbortSignal | undefined): Promise<void> {
    const line = this.lineOf(key);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { maxWait } = this.options;
    const late = (): void => {
      this.drop(key, (each) => each === item);
      reject(new UnavailableError(maxWait?.message, { retryAfterMs: RETRY_AFTER_MS }));
    };
    const timer = maxWait === undefined ? undefined : setTimeout(late, maxWait.ms);
    const item: Waiting = {
      signal,
      begin: () => {
        clearTimeout(timer);
        resolve();
      },
      refuse: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    };
    line.push(item);
    this.waiting.set(key, line);
    return promise;
  }

  /** The tasks of the key that wait. @throws {UnavailableError} when there is no room for another one */
  private lineOf(key: string): Waiting[] {
    const isFull = (): boolean => (this.waiting.get(key)?.length ?? 0) >= this.options.maxWaiting;
    if (isFull()) this.drop(key, ({ signal }) => signal?.aborted === true);
    if (isFull()) {
      throw new UnavailableError("Too many requests of this tenant are waiting", { retryAfterMs: RETRY_AFTER_MS });
    }
    return this.waiting.get(key) ?? [];
  }

  /** Takes tasks out of the line of a key. Those whose signal has aborted are refused. */
  private drop(key: string, isDropped: (item: Waiting) => boolean): void {
    const line = this.waiting.get(key) ?? [];
    const kept = line.filter((item) => !isDropped(item));
    for (const item of line.filter(isDropped)) refuseAborted(item);
    if (kept.length > 0) this.waiting.set(key, kept);
    else this.waiting.delete(key);
    this.tellIdlers();
  }

  private beginNext(): void {
    while (this.waiting.size > 0 && this.total < this.options.concurrency && !this.mustPause()) {
      const key = this.nextKey();
      if (key === undefined) return;
      const item = this.take(key);
      if (item === undefined || refuseAborted(item)) continue;
      this.count(key, 1);
      item.begin();
    }
    this.tellIdlers();
  }

  /** The key whose turn it is, of those that have not used up their share. */
  private nextKey(): string | undefined {
    for (const key of this.waiting.keys()) if (this.hasRoom(key)) return key;
    return undefined;
  }

  /** The first task of the key, whose next turn comes after those of all others. */
  private take(key: string): Waiting | undefined {
    const line = this.waiting.get(key);
    const item = line?.shift();
    this.waiting.delete(key);
    if (line !== undefined && line.length > 0) this.waiting.set(key, line);
    return item;
  }

  private mustPause(): boolean {
    if (this.isPaused) return true;
    const pause = this.options.pause?.();
    if (pause === undefined) return false;
    this.isPaused = true;
    void pause.then(() => {
      this.isPaused = false;
      this.beginNext();
    });
    return true;
  }

  private tellIdlers(): void {
    if (this.total > 0 || this.waiting.size > 0) return;
    for (const tell of this.idlers.splice(0)) tell();
  }
}

/** Whether the client of a task has disconnected; the task is refused then. */
function refuseAborted({ signal, refuse }: Waiting): boolean {
  if (signal?.aborted !== true) return false;
  refuse(disconnected(signal));
  return true;
}

function disconnected(signal: AbortSignal): DisconnectedError {
  return new DisconnectedError(undefined, { cause: signal.reason });
}
