import type { Directory } from "../directory/directory.ts";
import type { Storage } from "../storage/storage.ts";
import type { FailureCode } from "./links/failures.ts";
import type { LinkStep } from "./links/trace.ts";
import type { MembershipOutcome } from "./memberships/send.ts";
import type { ProviderOperations } from "./operations.ts";
import type { Change } from "./plan/plan.ts";
import { type ProviderOptions, resolveProviderOptions } from "./provider-options.ts";
import type { Did } from "./reconcile/reconcile.ts";
import type { RemoteRequest } from "./remote/classify.ts";
import type { Run } from "./runs/run.ts";
import type { SyncOptions } from "./sync/sync.ts";

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
  /** What it reads. */
  readonly directory: Directory;
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
  const { tenant, name, storage, directory, newId } = resolved;
  const process = newId();
  let loaded: ProviderOperations | undefined;
  const operations = async (): Promise<ProviderOperations> => {
    if (loaded !== undefined) return loaded;
    const { ProviderOperations } = await import("./operations.ts");
    loaded ??= new ProviderOperations(resolved, process);
    return loaded;
  };
  return Object.freeze({
    tenant,
    name,
    storage,
    directory,
    plan: async function* () {
      yield* (await operations()).plan();
    },
    sync: async (syncOptions: SyncOptions = {}) => (await operations()).sync(syncOptions),
    syncUser: async (id: string) => (await operations()).syncUser(id),
    syncGroup: async (id: string) => (await operations()).syncGroup(id),
    runs: Object.freeze({
      list: async () => (await operations()).runs(),
      get: async (id: string) => (await (await operations()).runs()).find((run) => run.id === id),
    }),
  });
}
