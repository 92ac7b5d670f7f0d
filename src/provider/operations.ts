import type { ProviderContext } from "./context/provider-context.ts";
import { openPlan, openProvider } from "./open-provider.ts";
import { type Change, planAll } from "./plan/plan.ts";
import type { ResolvedProviderOptions } from "./provider-options.ts";
import type { Run } from "./runs/run.ts";
import { reporterOf } from "./sync/report.ts";
import { type SyncOptions, syncAll } from "./sync/sync.ts";
import { type SyncedObject, syncGroup, syncUser } from "./sync/sync-one.ts";

/** What a provider does. Loaded at its first use, since it is most of the code of a provider. */
export class ProviderOperations {
  private readonly options: ResolvedProviderOptions;
  private readonly process: string;
  private opening: Promise<ProviderContext> | undefined;

  /** `process` identifies its claims. */
  constructor(options: ResolvedProviderOptions, process: string) {
    this.options = options;
    this.process = process;
  }

  async *plan(): AsyncGenerator<Change> {
    yield* planAll(await openPlan(this.options, this.process));
  }

  async sync(options: SyncOptions): Promise<Run> {
    const context = await this.open();
    return syncAll(context, options, { reporter: reporterOf(context) });
  }

  async syncUser(id: string): Promise<SyncedObject> {
    return syncUser(await this.open(), id);
  }

  async syncGroup(id: string): Promise<SyncedObject> {
    return syncGroup(await this.open(), id);
  }

  /** The latest runs, newest first. */
  async runs(): Promise<Run[]> {
    const { runs, now } = await this.open();
    return runs.latest(now());
  }

  /** Opens the provider at its first use. A failure is not cached: the next use tries again. */
  private open(): Promise<ProviderContext> {
    this.opening ??= openProvider(this.options, this.process).catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }
}
