import { Worker } from "node:worker_threads";
import { ExpressionError } from "../../expressions/expression-error.ts";
import { JSONATA_LIMITS } from "./limits.ts";
import { READY, type ThreadRequest, type ThreadResponse } from "./thread-messages.ts";

/** How long a thread may take to start: only a broken installation takes that long. */
const START_MS = 60_000;

/** Time to read responses that have arrived. */
const READ_MS = 10;

interface Job {
  readonly request: ThreadRequest;
  readonly resolve: (response: ThreadResponse) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Evaluates requests in a thread, in their order. A request that runs too long, or ends the thread, fails alone: those behind
 * it go on in a new thread.
 */
export class ThreadQueue {
  readonly #maxMs: number;
  /** The first one is being evaluated, the others wait. */
  #jobs: Job[] = [];
  #thread: Worker | undefined;
  #isReady = false;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastId = 0;

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  /** @throws {ExpressionError} when it takes too long or too much memory, or the queue is closed */
  evaluate(texts: readonly string[], input: string): Promise<ThreadResponse> {
    if (this.#isClosed) return Promise.reject(new ExpressionError("the worker of the mapping is closed"));
    this.#lastId += 1;
    const request = { id: this.#lastId, texts, input };
    return new Promise((resolve, reject) => {
      this.#jobs.push({ request, resolve, reject });
      const thread = this.#thread ?? this.#start();
      if (!this.#isReady) return;
      thread.postMessage(request);
      if (this.#jobs.length === 1) this.#watchFirst();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const thread = this.#forget();
    const jobs = this.#jobs.splice(0);
    for (const { reject } of jobs) reject(new ExpressionError("the worker of the mapping was closed"));
    await thread?.terminate();
  }

  #start(): Worker {
    // The program is in the same folder, in the source and in the package.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const thread = new Worker(new URL(`./jsonata-thread.${extension}`, import.meta.url), {
      name: "scimkit-jsonata",
      env: {},
      argv: [],
      execArgv: ["--disable-warning=ExperimentalWarning"],
      resourceLimits: { maxOldGenerationSizeMb: JSONATA_LIMITS.memory, stackSizeMb: 4 },
    });
    this.#thread = thread;
    thread.on("message", (message: typeof READY | ThreadResponse) => {
      if (this.#thread !== thread) return;
      if (message === READY) this.#startQueue(thread);
      else this.#settle(message);
    });
    thread.on("error", (error: unknown) => this.#replace(thread, reasonOf(error)));
    thread.on("exit", () => this.#replace(thread, "the thread of the expression ended"));
    this.#watch(START_MS, "the thread for expressions did not start");
    return thread;
  }

  #startQueue(thread: Worker): void {
    this.#isReady = true;
    for (const { request } of this.#jobs) thread.postMessage(request);
    this.#watchFirst();
  }

  #settle(response: ThreadResponse): void {
    const [first] = this.#jobs;
    if (first?.request.id !== response.id) return;
    this.#jobs.shift();
    this.#watchFirst();
    first.resolve(response);
  }

  /** Starts the time of the first request. Without one, the thread does not keep the process running. */
  #watchFirst(): void {
    clearTimeout(this.#timer);
    if (this.#jobs.length === 0) this.#thread?.unref();
    else {
      this.#thread?.ref();
      this.#watch(this.#maxMs, `the expressions ran longer than ${this.#maxMs} ms`);
    }
  }

  #watch(ms: number, reason: string): void {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    const first = this.#jobs[0];
    this.#timer = setTimeout(() => {
      // If this process itself was busy for so long, the response may be waiting already: it is read before the next timer.
      this.#timer = setTimeout(() => {
        if (thread !== undefined && this.#jobs[0] === first) this.#replace(thread, reason);
      }, READ_MS);
    }, ms);
  }

  /** Fails the first request, and goes on with the others in a new thread. A thread that did not start fails all. */
  #replace(thread: Worker, reason: string): void {
    if (this.#thread !== thread) return;
    const failed = this.#jobs.splice(0, this.#isReady ? 1 : this.#jobs.length);
    this.#forget();
    void thread.terminate();
    for (const { reject } of failed) reject(new ExpressionError(reason));
    if (this.#jobs.length > 0) this.#start();
  }

  #forget(): Worker | undefined {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = undefined;
    this.#isReady = false;
    return thread;
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  if (code !== "ERR_WORKER_OUT_OF_MEMORY") return `the thread of the expression failed: ${message ?? String(error)}`;
  return `the expressions took more than ${JSONATA_LIMITS.memory} MB of memory`;
}
