import { z } from "zod";
import type { ChangeSource } from "../directory/changes.ts";
import { functionOption, objectOption, resolveOptions } from "../options/resolve-options.ts";
import { inProcessQueue } from "../queue/in-process/in-process-queue.ts";
import type { Queue } from "../queue/queue.ts";
import type { Provider } from "./create-provider.ts";
import type { Run } from "./runs/run.ts";

/** Options of `createProvisioning`. */
export interface ProvisioningOptions {
  /** Every change is sent to each of them. */
  providers: readonly Provider[];
  /** Whose changes are notified by themselves. They must live on the storage of the providers. */
  sources?: readonly ChangeSource[];
  /** Hands out the work. @default inProcessQueue() */
  queue?: Queue;
  /** When every provider is synced in full: a cron expression of five fields, in UTC; false for never. @default "0 * * * *" */
  schedule?: string | false;
  /** How often marks are looked for that nobody announced, in milliseconds. @default 5000 */
  pollMs?: number;
  /** How long to wait before an object that failed is looked at again, in milliseconds. @default 60000 */
  retryMs?: number;
  /** Told of each full sync that the schedule made. */
  onRun?: (run: Run) => void;
  /** Told what went wrong in the background. */
  onError?: (error: unknown) => void;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
}

/** `ProvisioningOptions` with what was left out filled in. */
export interface ResolvedProvisioningOptions {
  readonly providers: readonly Provider[];
  readonly sources: readonly ChangeSource[];
  readonly queue: Queue;
  readonly schedule: string | false;
  readonly pollMs: number;
  readonly retryMs: number;
  readonly onRun: (run: Run) => void;
  readonly onError: (error: unknown) => void;
  readonly now: () => number;
}

const schema: z.ZodType<ResolvedProvisioningOptions> = z.strictObject({
  providers: z.array(
    objectOption<Provider>("a provider made by createProvider", ["name", "sync", "syncUser", "marks"]),
  ),
  sources: z.array(objectOption<ChangeSource>("a source", ["subscribe"])).default([]),
  queue: objectOption<Queue>("a queue", ["add", "work", "schedule", "start", "stop"]).default(() => inProcessQueue()),
  schedule: z.union([z.string(), z.literal(false)]).default("0 * * * *"),
  pollMs: z.number().int().positive().default(5000),
  retryMs: z.number().int().positive().default(60_000),
  onRun: functionOption<(run: Run) => void>().default(() => () => {}),
  onError: functionOption<(error: unknown) => void>().default(() => () => {}),
  now: functionOption<() => number>().default(() => Date.now),
});

/** Reads the options of provisioning once. @throws {TypeError} naming the option that is missing or wrong */
export function resolveProvisioningOptions(input: ProvisioningOptions): ResolvedProvisioningOptions {
  const options = resolveOptions("createProvisioning", schema, input);
  const names = options.providers.map((provider) => provider.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`createProvisioning: providers: two are called ${twice}`);
  return options;
}
