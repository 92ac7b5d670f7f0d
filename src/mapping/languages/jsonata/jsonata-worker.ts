import { ThreadQueue } from "./thread-queue.ts";

/** Options of `jsonataWorker`. */
export interface JsonataWorkerOptions {
  /**
   * The longest time of one evaluation of a mapping, in milliseconds. After it the thread is ended, and a new one goes on with
   * the next evaluation. The limit of work comes first, unless a function of JSONata runs long by itself.
   *
   * @default 2000
   */
  readonly maxMs?: number;
}

/** Where mappings in JSONata are evaluated. Made by `jsonataWorker`. */
export interface JsonataWorker {
  /** Ends the thread. Evaluations that are not finished fail, and so do later ones. */
  close(): Promise<void>;
}

/**
 * A thread in which mappings in JSONata are evaluated, one after another: one for all mappings of a program. It starts with
 * the first evaluation, and does not keep the process running.
 *
 * @throws {TypeError} when an option is wrong
 */
export function jsonataWorker(options: JsonataWorkerOptions = {}): JsonataWorker {
  const { maxMs = 2_000 } = options;
  if (!Number.isFinite(maxMs) || maxMs <= 0) throw new TypeError("jsonataWorker: maxMs must be a positive number");
  return new ThreadQueue(maxMs);
}
