import type { DirectoryChange } from "../directory/directory.ts";
import type { Job } from "../queue/queue.ts";
import type { Storage } from "../storage/storage.ts";
import type { Provider } from "./create-provider.ts";
import { lookKeysOf } from "./marks/mark-keys.ts";
import {
  type ProvisioningOptions,
  type ResolvedProvisioningOptions,
  resolveProvisioningOptions,
} from "./provisioning-options.ts";

const POLL_BATCH = 1000;

/** Keeps applications in step: every change at once, and everything at the times of the schedule. */
export interface Provisioning {
  /**
   * Says that something changed. With `tx`, a transaction of the same storage, the mark commits together with the change;
   * without it, it is written at once. What must be looked at is then looked at by every provider.
   */
  notify(event: DirectoryChange, options?: { readonly tx?: Storage }): Promise<void>;
  /** Begins: work left over from before first, then changes as they come, and the schedule. */
  start(): Promise<void>;
  /** Lets what is running come to its end. What is not done stays marked. */
  stop(): Promise<void>;
  /** Resolves when there is nothing left to do for now. */
  idle(): Promise<void>;
}

/**
 * Makes provisioning of providers, sources and a queue.
 *
 * @example
 * ```ts
 * const provisioning = createProvisioning({ providers: [provider], sources: [source] });
 * await provisioning.start();
 * ```
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function createProvisioning(options: ProvisioningOptions): Provisioning {
  return new QueuedProvisioning(resolveProvisioningOptions(options));
}

class QueuedProvisioning implements Provisioning {
  private readonly options: ResolvedProvisioningOptions;
  private readonly endings: (() => void)[] = [];

  constructor(options: ResolvedProvisioningOptions) {
    this.options = options;
    const { queue, schedule } = options;
    for (const provider of options.providers) {
      queue.work(jobName("look", provider), (job) => this.look(provider, job));
      queue.work(jobName("poll", provider), () => this.poll(provider));
      queue.work(jobName("sync", provider), async () => options.onRun(await provider.sync()));
      if (schedule !== false) queue.schedule({ name: jobName("sync", provider), key: "full" }, schedule);
    }
  }

  async notify(event: DirectoryChange, { tx }: { readonly tx?: Storage } = {}): Promise<void> {
    const announce = await this.mark([event], tx);
    // Nobody says when a transaction of the application's commits: the next poll finds what it left.
    if (tx === undefined) announce();
  }

  async start(): Promise<void> {
    const { sources, providers, queue } = this.options;
    for (const source of sources) this.endings.push(source.subscribe((events, tx) => this.mark(events, tx)));
    for (const provider of providers) await queue.add({ name: jobName("poll", provider), key: "marks" });
    await queue.start();
  }

  async stop(): Promise<void> {
    for (const end of this.endings.splice(0)) end();
    await this.options.queue.stop();
  }

  idle(): Promise<void> {
    return this.options.queue.idle();
  }

  /** Marks what must be looked at, and gives back what says so to the workers. */
  private async mark(events: readonly DirectoryChange[], tx: Storage | undefined): Promise<() => void> {
    const { providers, queue, now, onError } = this.options;
    const keys = [...new Set(events.flatMap(lookKeysOf))];
    for (const provider of providers) {
      for (const key of keys) await provider.marks.mark(key, now(), tx);
    }
    return () => {
      for (const provider of providers) {
        for (const key of keys) queue.add({ name: jobName("look", provider), key }).catch(onError);
      }
    };
  }

  /** Hands out marks whose announcement was lost, and comes again. */
  private async poll(provider: Provider): Promise<void> {
    const { queue, now, pollMs } = this.options;
    await queue.add({ name: jobName("poll", provider), key: "marks", dueAt: now() + pollMs });
    for (const mark of await provider.marks.due(now(), POLL_BATCH)) {
      await queue.add({ name: jobName("look", provider), key: mark.key });
    }
  }

  private async look(provider: Provider, job: Job): Promise<void> {
    const { now, retryMs, onError } = this.options;
    const mark = await provider.marks.get(job.key);
    if (mark === undefined || (mark.dueAt ?? 0) > now()) return;
    const [type, id] = splitKey(job.key);
    try {
      const report = type === "User" ? await provider.syncUser(id) : await provider.syncGroup(id);
      if (report.did === "failed" || report.memberships?.error !== undefined) {
        throw new LookFailedError(`${type} ${report.label}: ${report.reason ?? "its memberships failed"}`);
      }
      await provider.marks.clear(mark);
    } catch (error) {
      onError(error);
      await provider.marks.postpone(mark, now() + retryMs);
    }
  }
}

/** An object that was looked at because it changed could not be brought to where it should be; it is looked at again later. */
class LookFailedError extends Error {
  override readonly name: string = "LookFailedError";
}

function jobName(what: "look" | "poll" | "sync", provider: Provider): string {
  return `${what}:${provider.name}`;
}

function splitKey(key: string): [string, string] {
  const slash = key.indexOf("/");
  return [key.slice(0, slash), key.slice(slash + 1)];
}
