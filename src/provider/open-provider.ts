import { createTeller } from "../observe/events.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { groupResourceType } from "../schema/definitions/group.ts";
import { userResourceType } from "../schema/definitions/user.ts";
import { overlayStorage } from "../storage/memory/overlay-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { KeyedLock } from "../timing/keyed-lock.ts";
import type { ProviderContext } from "./context/provider-context.ts";
import { LinkRepository } from "./links/link-repository.ts";
import { providerId } from "./links/provider-identity.ts";
import { WatchRepository } from "./links/watches.ts";
import { MembershipRows } from "./memberships/rows.ts";
import type { MembershipContext } from "./memberships/send.ts";
import type { ObjectType } from "./objects/object-type.ts";
import { groupObjects, userObjects } from "./objects/object-types.ts";
import { Scope } from "./objects/scope.ts";
import { subjectSecret } from "./objects/subject-secret.ts";
import type { ResolvedProviderOptions } from "./provider-options.ts";
import { Canary } from "./remote/canary.ts";
import { dryResources } from "./remote/dry-remote.ts";
import { countedResources, type RemoteResources, remoteResources } from "./remote/resources.ts";
import { RunRepository } from "./runs/run-repository.ts";

/** The differences between working and planning. */
interface Surroundings {
  readonly storage: Storage;
  readonly remote: (type: ResourceType) => RemoteResources;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly concurrency: number;
  readonly observes: boolean;
}

/** Reads from the storage, once, what a provider needs. `process` identifies its claims. */
export async function openProvider(options: ResolvedProviderOptions, process: string): Promise<ProviderContext> {
  const { client, storage, now, sleep, concurrency } = options;
  const remote = (type: ResourceType): RemoteResources => remoteResources(client.resource(type));
  return contextOf(options, { storage, remote, now, sleep, concurrency, observes: true }, process);
}

/**
 * The same over a storage and an application that write nothing. Waits take no time, but the clock advances by them, so
 * that a plan shows the final result.
 */
export async function openPlan(options: ResolvedProviderOptions, process: string): Promise<ProviderContext> {
  const { client } = options;
  let waited = 0;
  return contextOf(
    options,
    {
      storage: overlayStorage(options.storage),
      remote: (type) => dryResources(remoteResources(client.resource(type)), type),
      now: () => options.now() + waited,
      sleep: async (ms) => {
        waited += ms;
      },
      concurrency: 1,
      observes: false,
    },
    process,
  );
}

async function contextOf(
  options: ResolvedProviderOptions,
  surroundings: Surroundings,
  process: string,
): Promise<ProviderContext> {
  const { name, tenant, directory, newId, subject } = options;
  const { storage, now, sleep, concurrency, observes } = surroundings;
  const id = await providerId(storage.state, { tenant, name }, newId);
  const secret = subject.secret ?? (await subjectSecret(storage.state));
  const links = new LinkRepository(storage, id);
  const rows = new MembershipRows(storage, id);
  const scope = new Scope(options.scope, directory);
  const requests = { count: 0 };
  const remoteOf = (type: ResourceType): RemoteResources =>
    countedResources(surroundings.remote(type), () => {
      requests.count += 1;
    });
  const users = userObjects(options, scope, { secret, links, remote: remoteOf(userResourceType) });
  const groups = groupObjects(options, scope, { rows, remote: remoteOf(groupResourceType) });
  const { pageSize, invalid, guard, settleMs, visibleMs, deleteRefused } = options;
  return {
    ...{ name, tenant, id, directory, storage, scope, users, groups, links, rows },
    memberships: membershipContext(options, { links, rows, groups }),
    watches: new WatchRepository(storage.state, id),
    runs: new RunRepository(storage, id),
    canary: new Canary(links),
    settings: { pageSize, concurrency, invalid, guard, settleMs, visibleMs, deleteRefused },
    lock: new KeyedLock(),
    ...{ process, requests, now, newId, sleep },
    tell: observes ? createTeller(options.observe) : () => {},
  };
}

function membershipContext(
  { client, directory }: ResolvedProviderOptions,
  parts: { readonly links: LinkRepository; readonly rows: MembershipRows; readonly groups: ObjectType },
): MembershipContext {
  const { links, rows, groups } = parts;
  const { memberRemoval = "filter", memberType, maxMembersPerPatch = 100 } = client.profile;
  return {
    ...{ directory, links, rows },
    groups: groups.remote,
    updateMode: groups.updateMode,
    removal: memberRemoval,
    memberType,
    chunk: maxMembersPerPatch,
  };
}
