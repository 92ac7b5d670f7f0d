/** Work to be done: what, never how. Jobs are hints; they may be lost, merged, repeated and reordered. */
export interface Job {
  /** Which worker it is for. */
  readonly name: string;
  /** What to look at. A job that waits absorbs others of its name and key. */
  readonly key: string;
  /** Not before then, in milliseconds since 1970. @default at once */
  readonly dueAt?: number;
}

/** Does jobs. A throw is told to `onError` and the job is forgotten: whoever needs it done again keeps a mark of its own. */
export type Worker = (job: Job) => Promise<void>;

/** Hands out work. Jobs of one name and key never run at the same time. */
export interface Queue {
  /** Adds a job; one of the same name and key that has not begun is not added again. */
  add(job: Job): Promise<void>;
  /** Says who does the jobs of a name. One worker a name. */
  work(name: string, worker: Worker): void;
  /** Adds a job at the times of a cron expression (five fields, UTC). @throws {TypeError} for an expression that is none */
  schedule(job: Job, cron: string): void;
  /** Begins handing out work. */
  start(): Promise<void>;
  /** Lets what is running come to its end and hands out no more. */
  stop(): Promise<void>;
  /** Resolves when nothing is running or waiting to run at once. */
  idle(): Promise<void>;
}
