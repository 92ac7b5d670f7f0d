import { createTeller } from "../observe/events.ts";
import type { Commit } from "../server/requests/write.ts";
import { changesOf, type Subscribers } from "./changes/subscribers.ts";
import { DirectoryCommit } from "./delivery/commit.ts";
import type { History } from "./history/history.ts";
import { mapWrite } from "./reading/map-write.ts";
import type { ResolvedSourceOptions } from "./source-options.ts";

/** What the writes of a source need besides its options. */
export interface CommitContext {
  readonly subscribers: Subscribers;
  readonly history: History | undefined;
}

/** Delivers the writes of a source to its directory; undefined without one. */
export function directoryCommit(
  options: ResolvedSourceOptions,
  sourceId: string,
  { subscribers, history }: CommitContext,
): DirectoryCommit | undefined {
  const { directory, mappings } = options;
  if (directory === undefined) return undefined;
  return new DirectoryCommit({
    storage: options.storage,
    sourceId,
    directory,
    subscribers,
    map: (write) => mapWrite(mappings, write),
    recordOf: (write, outcome) => history?.recordOf(write, outcome),
    unknownMembers: options.unknownMembers,
    leaseMs: options.deliveryLeaseMs,
    retryMs: options.deliveryRetryMs,
    now: options.now,
    tell: createTeller(options.observe),
  });
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
