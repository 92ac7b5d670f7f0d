import type { DirectoryChange } from "../directory/directory.ts";
import { createTeller } from "../observe/events.ts";
import type { BackgroundTask, QueueHandler } from "../queue/queue.ts";
import type { Storage } from "../storage/storage.ts";
import { createSerialQueue, type SerialQueue } from "../timing/serial-queue.ts";
import { WorkInProgress } from "../timing/work-in-progress.ts";
import { checkStorages, idsFor, providersOf } from "./check-storages.ts";
import { markKeyOf } from "./marks/mark-keys.ts";
import {
  type ProvisioningErrorContext,
  type ProvisioningOptions,
  type ResolvedProvisioningOptions,
  resolveProvisioningOptions,
} from "./provisioning-options.ts";
import { MarkedObjects } from "./sync-marked.ts";

/** The topics of the queue. A key is that of a mark, a provider's id, or the name of a task. */
const TOPICS = { object: "provider.object", sync: "provider.sync", task: "task" } as const;
/** How often to look for marks that were written by a clock that was ahead, in milliseconds. */
const CLOCK_CHECK_MS = 3_600_000;

/** Keeps applications in sync: pushes every change at once, and runs full syncs on a schedule. */
export interface Provisioning {
  /**
   * Tells every provider that something changed. With `tx`, a transaction of the storage of the providers, the mark is
   * committed together with the change; without it, it is written at once.
   *
   * @throws {TypeError} for an unknown type of change, and with `tx` if the providers have several storages
   */
  notify(event: DirectoryChange, options?: { readonly tx?: Storage }): Promise<void>;
  /**
   * Starts: first the work that was left over, then changes as they come, and the schedule. A second start has no
   * effect.
   */
  start(): Promise<void>;
  /** Ends full syncs early, waits for the work in progress, and starts no more. What is not done stays marked. */
  stop(): Promise<void>;
  /**
   * Resolves when no mark of the providers is due and nothing runs in this process. Before `start` and after `stop` it
   * waits only for running work.
   */
  idle(): Promise<void>;
}

/**
 * Creates the provisioning of these providers and sources.
 *
 * @example
 * ```ts
 * const provisioning = createProvisioning({ providers: [provider], sources: [source] });
 * await provisioning.start();
 * ```
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function createProvisioning(options: ProvisioningOptions): Provisioning {
  const resolved = resolveProvisioningOptions(options);
  const tell = createTeller(resolved.observe);
  for (const warning of checkStorages(resolved)) tell(() => warning);
  const provisioning = new QueuedProvisioning(resolved);
  return Object.freeze<Provisioning>({
    notify: (event, notifyOptions = {}) => provisioning.notify(event, notifyOptions),
    start: () => provisioning.start(),
    stop: () => provisioning.stop(),
    idle: () => provisioning.idle(),
  });
}

class QueuedProvisioning implements Provisioning {
  private readonly options: ResolvedProvisioningOptions;
  private readonly marked: MarkedObjects;
  private readonly tasks: ReadonlyMap<string, readonly BackgroundTask[]>;
  private readonly work: WorkInProgress = new WorkInProgress();
  /** `start` and `stop` run one after the other. */
  private readonly inOrder: SerialQueue = createSerialQueue();
  /** Stops what `start` started; undefined if it is not started. */
  private endings: (() => unknown)[] | undefined;
  private isPolling = false;
  /** Whether the last poll failed: an outage is reported once. */
  private hasOutage = false;

  constructor(options: ResolvedProvisioningOptions) {
    this.options = options;
    const { providers, sources, retryMs, now } = options;
    this.marked = new MarkedObjects({
      ...{ providers, retryMs, now },
      wake: (key, tx) => this.wake(TOPICS.object, key, tx),
      report: (error, context) => this.report(error, context),
    });
    const tasks = [...sources.flatMap(({ source }) => source.task ?? []), ...options.tasks];
    this.tasks = Map.groupBy(tasks, ({ name }) => name);
  }

  async notify(event: DirectoryChange, { tx }: { readonly tx?: Storage }): Promise<void> {
    const key = markKeyOf(event);
    if (tx !== undefined && this.marked.storages.length > 1) {
      throw new TypeError("notify: tx: the providers have several storages, and a transaction belongs to one of them");
    }
    await this.marked.mark([key], this.options.providers, tx);
  }

  start(): Promise<void> {
    return this.inOrder(async () => {
      if (this.endings !== undefined) return;
      const endings: (() => unknown)[] = [];
      this.endings = endings;
      try {
        await this.begin(endings);
      } catch (error) {
        await this.end();
        throw error;
      }
    });
  }

  stop(): Promise<void> {
    return this.inOrder(() => this.end());
  }

  async idle(): Promise<void> {
    await this.inOrder(async () => undefined);
    for (;;) {
      const changed = this.work.changed();
      const due = this.endings === undefined ? 0 : await this.marked.wakeDue();
      if (due === 0 && this.work.isNone) return;
      await this.either(changed, this.options.pollMs);
    }
  }

  private async begin(endings: (() => unknown)[]): Promise<void> {
    const { providers, sources, queue, schedule, concurrency, timer, pollMs } = this.options;
    const ids = await Promise.all(providers.map((provider) => this.marked.owners.idOf(provider)));
    const handle = async (topic: string, most: number, handler: QueueHandler): Promise<void> => {
      const tracked: QueueHandler = (key, signal) => this.work.run(() => handler(key, signal));
      const worker = await queue.work(topic, tracked, { concurrency: most });
      endings.push(() => worker.stop());
    };
    await handle(TOPICS.object, concurrency, (key) => this.marked.sync(key));
    await handle(TOPICS.sync, concurrency, (id, signal) => this.syncAll(id, signal));
    if (this.tasks.size > 0) await handle(TOPICS.task, this.tasks.size, (name, signal) => this.runTask(name, signal));
    for (const id of ids) {
      if (schedule === false) await queue.never(TOPICS.sync, id);
      else await queue.every(TOPICS.sync, id, schedule);
    }
    for (const announced of sources) {
      const { source } = announced;
      const reached = Map.groupBy(providersOf(source, providers), (provider) => idsFor(provider, announced));
      for (const [ids, own] of reached) {
        endings.push(source.subscribe((changes, tx) => this.marked.mark(changes.map(markKeyOf), own, tx), { ids }));
      }
    }
    for (const [name, [task]] of this.tasks) {
      await this.wake(TOPICS.task, name);
      if (task !== undefined) endings.push(timer(() => void this.wake(TOPICS.task, name), task.everyMs));
    }
    endings.push(timer(() => void this.work.run(() => this.poll()), pollMs));
    endings.push(timer(() => void this.work.run(() => this.checkClock()), CLOCK_CHECK_MS));
    void this.work.run(async () => {
      await this.checkClock();
      await this.poll();
    });
  }

  private async end(): Promise<void> {
    const { endings = [] } = this;
    this.endings = undefined;
    await Promise.all(endings.map(async (end) => end()));
    while (!this.work.isNone) await this.work.changed();
  }

  /** Finds marks that the queue does not know of. */
  private async poll(): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    try {
      await this.marked.wakeDue();
      this.hasOutage = false;
    } catch (error) {
      if (!this.hasOutage) await this.report(error, {});
      this.hasOutage = true;
    } finally {
      this.isPolling = false;
    }
  }

  private async checkClock(): Promise<void> {
    try {
      await this.marked.checkClock();
    } catch (error) {
      await this.report(error, {});
    }
  }

  private async syncAll(id: string, signal: AbortSignal): Promise<void> {
    const provider = this.marked.owners.find(id);
    if (provider === undefined) return;
    try {
      await this.options.onRun(await provider.sync({ signal }));
    } catch (error) {
      await this.report(error, { provider: provider.name, tenant: provider.tenant });
    }
  }

  private async runTask(name: string, signal: AbortSignal): Promise<void> {
    for (const task of this.tasks.get(name) ?? []) {
      try {
        await task.run(signal);
      } catch (error) {
        await this.report(error, { task: name });
      }
    }
  }

  /** If a key cannot be woken, a poll finds the mark. */
  private async wake(topic: string, key: string, tx?: Storage): Promise<void> {
    try {
      await this.options.queue.wake(topic, key, { tx });
    } catch (error) {
      await this.report(error, {});
    }
  }

  /** Waits for a promise, at most this long. */
  private async either(promise: Promise<void>, ms: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const stop = this.options.timer(resolve, ms);
    await Promise.race([promise, late]);
    stop();
  }

  private async report(error: unknown, context: ProvisioningErrorContext): Promise<void> {
    try {
      await this.options.onError(error, context);
    } catch {
      // An error that `onError` throws must not stop the work.
    }
  }
}
