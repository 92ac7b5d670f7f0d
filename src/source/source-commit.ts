import { createSealer } from "../crypto/create-sealer.ts";
import { createTeller } from "../observe/events.ts";
import type { Commit, Write, WriteOutcome } from "../server/requests/write.ts";
import type { Storage } from "../storage/storage.ts";
import { changesOf, type Subscribers } from "./changes/subscribers.ts";
import type { MappedChange } from "./delivery/delivered-change.ts";
import type { DirectoryDelivery } from "./delivery/directory-delivery.ts";
import type { SourceGuard } from "./guard/source-guard.ts";
import type { History } from "./history/history.ts";
import { mapResource, mapWrite } from "./reading/map-write.ts";
import type { ResolvedSourceOptions } from "./source-options.ts";

/** What the writes of a source need besides its options. */
export interface CommitContext {
  readonly subscribers: Subscribers;
  readonly history: History | undefined;
}

/** Delivers the writes of a source to its directory; undefined without one. */
export async function deliveryOf(
  options: ResolvedSourceOptions,
  sourceId: string,
  { subscribers, history, guard }: CommitContext & { readonly guard: SourceGuard },
): Promise<DirectoryDelivery | undefined> {
  const { directory, storage, transaction, passwordKeys } = options;
  if (directory === undefined) return undefined;
  // Many sources have no directory.
  const { directoryDelivery } = await import("./delivery/directory-delivery.ts");
  const parts = {
    storage,
    sourceId,
    directory,
    subscribers,
    map: (write: Write) => mappedChange(options, guard, write),
    recordOf: (write: Write, outcome: WriteOutcome) => history?.recordOf(write, outcome),
    unknownMembers: options.unknownMembers,
    leaseMs: options.deliveryLeaseMs,
    retryMs: options.deliveryRetryMs,
    now: options.now,
    tell: createTeller(options.observe),
    sealer: passwordKeys && createSealer({ keys: passwordKeys }),
  };
  const joined =
    transaction && joinsTransactions(storage) ? { transaction, within: (tx: object) => storage.within(tx) } : undefined;
  return directoryDelivery(options.delivery, parts, joined);
}

/** What the directory gets of a write. */
async function mappedChange(options: ResolvedSourceOptions, guard: SourceGuard, write: Write): Promise<MappedChange> {
  const { mappings, removal } = options;
  const { action, partition, id, before, after } = write;
  const isUser = partition.type === "User";
  if (action !== "delete" || !isUser || removal === "remove") {
    const unverified = isUser && after !== undefined ? await guard.unverified(after.attributes) : undefined;
    return { mapped: await mapWrite(mappings, write), unverified };
  }
  if (removal === "unlink" || before === undefined) return { removal };
  const attributes = { ...before.attributes, active: false };
  const { members } = options.storage.resources;
  const groups = (await members?.groupsOf(partition.tenant, [id]))?.get(id) ?? [];
  const leaves = groups.filter((group) => group.type === "direct").map(({ value }) => value);
  return { removal, leaves, mapped: await mapResource(mappings, { id, type: partition.type, attributes }, "update") };
}

function joinsTransactions(storage: Storage): storage is Storage & { within(tx: object): Storage } {
  return "within" in storage && typeof storage.within === "function";
}

/** Carries out the writes of a source without a directory: over its storage, or over the application's own tables. */
export function storageCommit(options: ResolvedSourceOptions, { subscribers, history }: CommitContext): Commit {
  return async (write, apply) => {
    // The result is not needed, but a mapping that fails must fail now, and not when it is read.
    await mapWrite(options.mappings, write);
    if (subscribers.isEmpty) return apply();
    // The application's own tables share no transaction with what follows, so that is written right afterwards.
    const first = options.resources === undefined ? undefined : await apply();
    const within = { storage: options.storage, tenant: write.partition.tenant };
    return subscribers.together(within, async (tx) => {
      const result = first ?? (await apply(tx.resources));
      const { added, removed, changed } = result;
      if (!changed) return { result, changes: [], record: undefined };
      const isObject = write.after !== undefined;
      const changes = changesOf({ ...write, isObject, added, removed });
      return { result, changes, record: history?.recordOf(write, result) };
    });
  };
}
