import { createTeller } from "../observe/events.ts";
import type { Commit } from "../server/requests/write.ts";
import { once } from "../timing/once.ts";
import { Subscribers } from "./changes/subscribers.ts";
import { SourceCredentials } from "./credentials/create-credentials.ts";
import type { DirectoryDelivery } from "./delivery/directory-delivery.ts";
import { SourceGuard } from "./guard/source-guard.ts";
import { Visibility } from "./history/visibility.ts";
import { loadIdentity, type SourceIdentity } from "./identity.ts";
import { deliveryOf, storageCommit } from "./source-commit.ts";
import type { ResolvedSourceOptions } from "./source-options.ts";
import { pathOf } from "./source-path.ts";

/** What a source is made of. */
export interface SourceParts {
  readonly options: ResolvedSourceOptions;
  /** The SCIM base URL. */
  readonly baseUrl: string;
  readonly identity: () => Promise<SourceIdentity>;
  readonly sourceId: () => Promise<string>;
  /** The source's id, as soon as it is known. */
  readonly tenant: () => string | undefined;
  readonly credentials: SourceCredentials;
  readonly visibility: Visibility;
  readonly subscribers: Subscribers;
  /** Delivers writes to the directory; undefined without one. */
  readonly delivery: () => Promise<DirectoryDelivery | undefined>;
  /** Resolves when what is delivered after responses is delivered, or has failed. */
  readonly delivered: () => Promise<void>;
  readonly guard: SourceGuard;
  /** Carries out writes of the identity provider: checked by the guard, through the delivery if there is a directory. */
  readonly commit: Commit;
  /** The same for what an operator does: without the guard. */
  readonly unguarded: Commit;
}

/** Makes the parts of a source. Nothing is read or written yet. With `known`, it has this identity, whatever its slug. */
export function partsOf(options: ResolvedSourceOptions, known?: SourceIdentity): SourceParts {
  const { slug, storage, now, newId, id } = options;
  const baseUrl = options.baseUrl + pathOf(options.path, slug);
  let tenant = id;
  const identity = once(async () => {
    const loaded = known ?? (await loadIdentity({ storage, slug, id, newId }));
    tenant = loaded.id;
    return loaded;
  });
  const sourceId = async (): Promise<string> => (await identity()).id;
  const tell = createTeller(options.observe);
  const onFailure = async (error: unknown): Promise<void> => {
    const source = await sourceId();
    tell(() => ({ type: "source.error", source, tenant: source, error }));
  };
  const mountPath = options.mountPath ?? new URL(baseUrl).pathname;
  const context = { state: storage.state, baseUrl, mountPath, identity, tell };
  const credentials = new SourceCredentials({ ...options, ...context });
  const visibility = new Visibility({ options, storage, sourceId, mountPath, now, newId, onFailure });
  const subscribers = new Subscribers(visibility.recorder);
  const recording = { subscribers, history: visibility.history };
  const resources = options.resources ?? storage.resources;
  const guard = new SourceGuard({ options, resources, state: storage.state, sourceId, now, tell });
  let begun: DirectoryDelivery | undefined;
  const delivery = once(async () => {
    begun = await deliveryOf(options, await sourceId(), {
      ...recording,
      guard,
      observe: visibility.observing(options.observe),
    });
    return begun;
  });
  const delivered = async (): Promise<void> => begun?.idle();
  const direct = storageCommit(options, recording);
  const unguarded: Commit = async (write, apply) => {
    const own = await delivery();
    return own === undefined ? direct(write, apply) : own.commit(write, apply);
  };
  const commit = guard.guarding(unguarded);
  const parts = { options, baseUrl, identity, sourceId, tenant: () => tenant, credentials };
  return { ...parts, visibility, subscribers, delivery, delivered, guard, commit, unguarded };
}

/** Finishes changes that are due. Returns how many are finished. */
export async function settleParts({ options, delivery, sourceId }: SourceParts, signal?: AbortSignal): Promise<number> {
  const own = await delivery();
  if (own === undefined) return 0;
  const ownId = await sourceId();
  const held = { holds: (id: string) => id === ownId, deliveryOf: async () => own };
  const { settleDeliveries } = await import("./delivery/settle.ts");
  return settleDeliveries(options.storage.state, held, { now: options.now, signal });
}
