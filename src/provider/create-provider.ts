import type { Storage } from "../storage/storage.ts";
import type { ProviderContext } from "./context/provider-context.ts";
import type { FailureCode } from "./links/failures.ts";
import type { LinkStep } from "./links/trace.ts";
import type { MembershipOutcome } from "./memberships/send.ts";
import { openPlan, openProvider } from "./open-provider.ts";
import { type Change, planAll } from "./plan/plan.ts";
import { type ProviderOptions, type ResolvedProviderOptions, resolveProviderOptions } from "./provider-options.ts";
import type { Did } from "./reconcile/reconcile.ts";
import type { RemoteRequest } from "./remote/classify.ts";
import type { Run } from "./runs/run.ts";
import { reporterOf } from "./sync/report.ts";
import { type SyncOptions, syncAll } from "./sync/sync.ts";
import { syncGroup, syncUser } from "./sync/sync-one.ts";

/** The result of syncing one object, step by step. */
export interface ObjectReport {
  /** The directory's id. */
  readonly id: string;
  readonly label: string;
  readonly did: Did;
  /** Names of the attributes that were sent. */
  readonly attributes: readonly string[];
  /** Requests that can change something at the application. */
  readonly writes: number;
  /** Why it failed, as a stable code. */
  readonly code: FailureCode | undefined;
  /** Why it failed, with the message of the application, or why it was kept; for people. Contains no secret. */
  readonly reason: string | undefined;
  /** The error, if it failed. */
  readonly error: unknown;
  /** The request that failed. */
  readonly request: RemoteRequest | undefined;
  /** The steps of its link. */
  readonly trace: readonly LinkStep[];
  /** The result of the memberships that were pushed with it. */
  readonly memberships: MembershipOutcome | undefined;
}

/** The runs of a provider. The latest twenty that ended are kept. */
export interface ProviderRuns {
  /** The latest runs, newest first. */
  list(): Promise<Run[]>;
  get(id: string): Promise<Run | undefined>;
}

/** One application that is kept in sync with a directory. */
export interface Provider {
  readonly tenant: string;
  readonly name: string;
  /** Where its links and runs are stored. */
  readonly storage: Storage;
  /**
   * What a sync would do now. Writes nothing, anywhere. If it cannot continue, it throws, so that an incomplete plan
   * never looks complete.
   */
  plan(): AsyncGenerator<Change>;
  /**
   * Checks every object once and brings the application up to date. Does not reject because of single objects: see
   * `Run.failures`.
   */
  sync(options?: SyncOptions): Promise<Run>;
  /** Syncs one user now, and its memberships in groups that are pushed. */
  syncUser(id: string): Promise<ObjectReport>;
  /** Syncs one group now, and its memberships. */
  syncGroup(id: string): Promise<ObjectReport>;
  readonly runs: ProviderRuns;
}

/**
 * Creates a provider, which pushes the users and groups of a directory to one application and keeps them in sync.
 *
 * @example
 * ```ts
 * const client = createScimClient({ baseUrl: "https://app.example/scim/v2", auth: bearerToken(token) });
 * const provider = createProvider({ name: "app", client, directory, storage });
 * for await (const change of provider.plan()) console.log(change.summary);
 * const run = await provider.sync();
 * ```
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function createProvider(options: ProviderOptions): Provider {
  const resolved = resolveProviderOptions(options);
  const { tenant, name, storage, newId } = resolved;
  const process = newId();
  const open = opened(resolved, process);
  return Object.freeze({
    tenant,
    name,
    storage,
    plan: async function* () {
      yield* planAll(await openPlan(resolved, process));
    },
    sync: async (syncOptions: SyncOptions = {}) => {
      const context = await open();
      return syncAll(context, syncOptions, { reporter: reporterOf(context) });
    },
    syncUser: async (id: string) => syncUser(await open(), id),
    syncGroup: async (id: string) => syncGroup(await open(), id),
    runs: Object.freeze({
      list: async () => {
        const { runs, now } = await open();
        return runs.latest(now());
      },
      get: async (id: string) => {
        const { runs, now } = await open();
        return (await runs.latest(now())).find((run) => run.id === id);
      },
    }),
  });
}

/** Opens a provider at its first use. A failure is not cached: the next use tries again. */
function opened(options: ResolvedProviderOptions, process: string): () => Promise<ProviderContext> {
  let opening: Promise<ProviderContext> | undefined;
  return () => {
    opening ??= openProvider(options, process).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}
