import type { Storage } from "../storage/storage.ts";

/**
 * Processes a key of its topic. If it throws, the error is reported and the key is not repeated: work that must be
 * repeated is marked in the storage.
 */
export type QueueHandler = (key: string, signal: AbortSignal) => Promise<void>;

/** A registered handler. */
export interface QueueWorker {
  /** Aborts `signal`, takes no further keys, and resolves when the work in progress has ended. */
  stop(): Promise<void>;
}

/** How many keys wait, and how long. */
export interface QueueDepth {
  /** How many keys wait, over all topics. */
  readonly waiting: number;
  /** When the oldest waiting key was added, in milliseconds since 1970; undefined if no key waits. */
  readonly oldest: number | undefined;
}

/**
 * Wakes workers: it delivers a key of a topic. A queue carries no data and is not the source of truth: if it is
 * emptied, work only starts later. Delivery is at least once and in any order. Duplicates are allowed, and a waiting
 * key absorbs equal ones. Delays are `dueAt` in the storage, never in the queue.
 */
export interface Queue {
  /**
   * Wakes a worker of the topic for a key. With `tx`, a transaction, it does so only if that commits: the queue uses
   * `afterCommit` of the transaction, or writes to it where it is one of the queue's own database. Where neither is
   * possible it does nothing; the next poll of the storage finds what the transaction wrote.
   */
  wake(topic: string, key: string, options?: { readonly tx?: Storage }): Promise<void>;

  /**
   * Registers the handler of a topic in this process. It is called for at most `concurrency` keys at a time, and never
   * for one key twice at a time in this process.
   *
   * @throws {TypeError} when this process has a handler of the topic already
   */
  work(topic: string, handler: QueueHandler, options: { readonly concurrency: number }): Promise<QueueWorker>;

  /**
   * Wakes a worker at the times of a cron expression (five fields, UTC), once however many processes call this. Another
   * expression for the same topic and key replaces the first.
   *
   * @throws {TypeError} for a text that is not a cron expression of five fields
   */
  every(topic: string, key: string, cron: string): Promise<void>;

  /** Ends a schedule of `every`. */
  never(topic: string, key: string): Promise<void>;

  /** How many keys wait now, and how long. */
  depth?(): Promise<QueueDepth>;
}

/**
 * Work that is repeated in the background, such as finishing changes after a crash. It runs on a queue or on a timer.
 */
export interface BackgroundTask {
  /** Different from that of any other task of the same storage. */
  readonly name: string;
  /** How often to check whether something is due, in milliseconds. */
  readonly everyMs: number;
  /** Does what is due. It may be called when nothing is. */
  run(signal: AbortSignal): Promise<void>;
}
