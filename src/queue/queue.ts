import type { Storage } from "../storage/storage.ts";

/**
 * Works on what a key of its topic names. What it throws is reported and the key is not repeated: what has to be done again
 * is marked in storage.
 */
export type QueueHandler = (key: string, signal: AbortSignal) => Promise<void>;

/** A handler that is registered. */
export interface QueueWorker {
  /** Aborts `signal`, takes no further keys, and resolves when the work that has begun has ended. */
  stop(): Promise<void>;
}

/** How much waits. */
export interface QueueDepth {
  /** How many keys wait, over all topics. */
  readonly waiting: number;
  /** When the one that waits longest was added, in milliseconds since 1970; undefined if nothing waits. */
  readonly oldest: number | undefined;
}

/**
 * Wakes workers: "look at this key of this topic". A queue carries no data and holds no truth: it can be emptied at any
 * time, and all that is lost is promptness. Delivery is at least once and in any order. Duplicates are allowed, and a key
 * that waits absorbs others like it. Delays are `dueAt` in storage, never in the queue.
 */
export interface Queue {
  /**
   * Wakes a worker of the topic for a key. With `tx`, a transaction, it does so only if that commits: the queue uses
   * `afterCommit` of the transaction, or writes to it where it is one of the queue's own database. Where neither is
   * possible it does nothing, and whoever polls the storage finds what the transaction left there.
   */
  wake(topic: string, key: string, options?: { readonly tx?: Storage }): Promise<void>;

  /**
   * Registers the handler of a topic in this process. It is called for at most `concurrency` keys at a time, and never for
   * one key twice at a time in this process.
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

  /** Ends what `every` began. */
  never(topic: string, key: string): Promise<void>;

  /** How much waits now. */
  depth?(): Promise<QueueDepth>;
}

/** Work that is due at times of its own, such as finishing what a crash left behind. It runs on a queue or on a timer. */
export interface BackgroundTask {
  /** Different from that of any other task of the same storage. */
  readonly name: string;
  /** How often to look whether something is due, in milliseconds. */
  readonly everyMs: number;
  /** Does what is due. It may be called when nothing is. */
  run(signal: AbortSignal): Promise<void>;
}
