import * as z from "zod/mini";
import type { ChangeSource } from "../directory/changes.ts";
import type { Directory } from "../directory/directory.ts";
import type { Observer } from "../observe/events.ts";
import { functionOption, objectOption, resolveOptions, wholeNumberOption } from "../options/resolve-options.ts";
import { inProcessQueue } from "../queue/in-process/in-process-queue.ts";
import type { BackgroundTask, Queue } from "../queue/queue.ts";
import { isCron } from "../queue/schedule/is-cron.ts";
import { type StartTimer, startHoldingInterval } from "../timing/interval.ts";
import { isObject } from "../values/is-object.ts";
import type { Provider } from "./create-provider.ts";
import type { MarkedObject } from "./marks/mark-keys.ts";
import type { RemoteRequest } from "./remote/classify.ts";
import type { Run } from "./runs/run.ts";

/** What provisioning needs of a source. */
export interface ProvisioningSource extends ChangeSource {
  /** Names it in warnings. */
  readonly slug?: string;
  /** Its background task. */
  readonly task?: BackgroundTask | undefined;
  /** Its own users and groups: always the same object. */
  readonly directory?: () => Directory;
  /** Where the application's users and groups are that it writes to; undefined if there are none. */
  readonly applicationSide?: "directory" | "resources" | undefined;
}

/** A source, and the ids under which its changes are announced. */
export interface AnnouncedSource {
  readonly source: ProvisioningSource;
  /**
   * `application`: the ids that the source's directory returned, for providers that read the application's own users.
   * `scim`: the SCIM ids, for providers that read `source.directory()`. @default what each provider reads
   */
  readonly announce?: "application" | "scim" | undefined;
}

/** What failed in the background, as far as it is known. */
export interface ProvisioningErrorContext {
  /** The provider's name. */
  readonly provider?: string;
  readonly tenant?: string;
  readonly object?: MarkedObject;
  /** The request that failed. */
  readonly request?: RemoteRequest | undefined;
  /** The name of the background task. */
  readonly task?: string;
}

/** Options of `createProvisioning`. */
export interface ProvisioningOptions {
  /** Every change is sent to each of them. */
  providers: readonly Provider[];
  /**
   * The sources whose changes are notified automatically. A change reaches the providers that have the same storage as
   * its source. A provider that reads `source.directory()` gets them under the SCIM ids; any other gets them under the
   * ids that the source's directory returned, as far as it returned any. `{ source, announce }` decides it for all.
   */
  sources?: readonly (ProvisioningSource | AnnouncedSource)[];
  /** Further background work; the tasks of the sources are included. */
  tasks?: readonly BackgroundTask[];
  /** Wakes the workers. @default inProcessQueue() */
  queue?: Queue;
  /** How many objects are synced at a time, and how many providers are synced in full at a time. @default 4 */
  concurrency?: number;
  /**
   * When every provider is synced in full: a cron expression of five fields, in UTC; false for never. @default "0 * * *
   * *"
   */
  schedule?: string | false;
  /** How often to look for marks that the queue does not know, in milliseconds. @default 500 */
  pollMs?: number;
  /** How long to wait before an object that failed is synced again, in milliseconds. @default 60000 */
  retryMs?: number;
  /** Called after each full sync of the schedule. What it throws, or rejects with, goes to `onError`. */
  onRun?: (run: Run) => void;
  /** Called with each error in the background, and with what is known about it. */
  onError?: (error: unknown, context: ProvisioningErrorContext) => void;
  /** Called with warnings. Events of runs, objects and errors go to the observer of their provider. */
  observe?: Observer;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Starts timers. Replace it in tests. @default setInterval */
  timer?: StartTimer;
}

/** `ProvisioningOptions` with all defaults. */
export interface ResolvedProvisioningOptions {
  readonly providers: readonly Provider[];
  readonly sources: readonly AnnouncedSource[];
  readonly tasks: readonly BackgroundTask[];
  readonly queue: Queue;
  readonly concurrency: number;
  readonly schedule: string | false;
  readonly pollMs: number;
  readonly retryMs: number;
  readonly onRun: (run: Run) => void;
  readonly onError: (error: unknown, context: ProvisioningErrorContext) => void;
  readonly observe?: Observer | undefined;
  readonly now: () => number;
  readonly timer: StartTimer;
}

type ParsedOptions = Omit<ResolvedProvisioningOptions, "queue" | "sources"> & {
  readonly queue?: Queue | undefined;
  readonly sources: readonly (ProvisioningSource | AnnouncedSource)[];
};

const PROVIDER: readonly string[] = ["tenant", "name", "storage", "sync", "syncUser", "syncGroup"];

const schema: z.ZodMiniType<ParsedOptions> = z.strictObject({
  providers: z.array(objectOption<Provider>("a provider made by createProvider", PROVIDER)),
  sources: z._default(
    z.array(
      z.custom<ProvisioningSource | AnnouncedSource>(isSourceOption, {
        error: 'must be a source, or { source, announce } with "application" or "scim"',
      }),
    ),
    [],
  ),
  tasks: z._default(z.array(objectOption<BackgroundTask>("a background task", ["name", "everyMs", "run"])), []),
  queue: z.optional(objectOption<Queue>("a queue", ["wake", "work", "every", "never"])),
  concurrency: wholeNumberOption(4, z.gte(1), z.lte(100)),
  schedule: z._default(
    z.custom<string | false>((value) => value === false || isCron(value), {
      error: "must be a cron expression of five fields, or false",
    }),
    "0 * * * *",
  ),
  pollMs: wholeNumberOption(500, z.positive()),
  retryMs: wholeNumberOption(60_000, z.positive()),
  onRun: z._default(functionOption<(run: Run) => void>(), () => () => {}),
  onError: z._default(functionOption<ResolvedProvisioningOptions["onError"]>(), () => () => {}),
  observe: z.optional(functionOption<Observer>()),
  now: z._default(functionOption<() => number>(), () => Date.now),
  timer: z._default(functionOption<StartTimer>(), () => startHoldingInterval),
});

/** Reads the options of provisioning once. @throws {TypeError} naming the option that is missing or wrong */
export function resolveProvisioningOptions(input: ProvisioningOptions): ResolvedProvisioningOptions {
  const options = resolveOptions("createProvisioning", schema, input);
  const names = options.providers.map(({ tenant, name }) => JSON.stringify([tenant, name]));
  const twice = options.providers.find((_, index) => names.indexOf(names[index] ?? "") !== index);
  if (twice !== undefined) {
    throw new TypeError(`createProvisioning: providers: two of tenant ${twice.tenant} are called ${twice.name}`);
  }
  const { onError, now, timer } = options;
  const queue = options.queue ?? inProcessQueue({ onError: (error) => onError(error, {}), now, timer });
  return Object.freeze({
    ...options,
    queue,
    sources: options.sources.map((given) => ("source" in given ? given : { source: given })),
  });
}

function isSourceOption(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (!("source" in value)) return typeof value.subscribe === "function";
  const { announce = "scim", source } = value;
  return (announce === "application" || announce === "scim") && !("source" in Object(source)) && isSourceOption(source);
}
