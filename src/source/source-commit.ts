import { createSealer } from "../crypto/create-sealer.ts";
import { createTeller, type Observer } from "../observe/events.ts";
import { type Commit, isUnchanged, type Write, type WriteOutcome } from "../server/requests/write.ts";
import type { StateStorage } from "../storage/state-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { ApplicationIds, type SharedAccounts } from "./changes/application-ids.ts";
import { changesOf, type Subscribers } from "./changes/subscribers.ts";
import type { MappedChange } from "./delivery/delivered-change.ts";
import type { DirectoryDelivery } from "./delivery/directory-delivery.ts";
import type { RunJoined } from "./delivery/joined-delivery.ts";
import type { SourceGuard } from "./guard/source-guard.ts";
import type { History } from "./history/history.ts";
import { SourceRecords } from "./identity.ts";
import { mapWrite } from "./reading/map-write.ts";
import type { ResolvedSourceOptions } from "./source-options.ts";

/** What the writes of a source need besides its options. */
export interface CommitContext {
  readonly subscribers: Subscribers;
  readonly history: History | undefined;
}

/** What the delivery to a directory needs besides. */
export interface DeliveryContext extends CommitContext {
  readonly guard: SourceGuard;
  readonly observe: Observer | undefined;
}

/** Delivers the writes of a source to its directory; undefined without one. */
export async function deliveryOf(
  options: ResolvedSourceOptions,
  sourceId: string,
  { subscribers, history, guard, observe }: DeliveryContext,
): Promise<DirectoryDelivery | undefined> {
  const { directory, storage, passwordKeys } = options;
  if (directory === undefined) return undefined;
  // Many sources have no directory.
  const { directoryDelivery } = await import("./delivery/directory-delivery.ts");
  const { mappedChange } = await import("./mapped-change.ts");
  const roles = new Map(Object.entries(options.roles));
  const parts = {
    storage,
    sourceId,
    directory,
    subscribers,
    roles,
    ids: (state: StateStorage) => new ApplicationIds(state, sourceId, sharedAccounts(options)),
    map: (write: Write) => mappedChange({ options, guard, roles }, write),
    recordOf: (write: Write, outcome: WriteOutcome, { adoption }: MappedChange) =>
      history?.recordOf(write, outcome, adoption),
    unknownMembers: options.unknownMembers,
    leaseMs: options.deliveryLeaseMs,
    retryMs: options.deliveryRetryMs,
    now: options.now,
    newId: options.newId,
    tell: createTeller(observe),
    sealer: passwordKeys && createSealer({ keys: passwordKeys }),
  };
  return directoryDelivery(options.delivery, parts, joinedRun(options, sourceId));
}

/** The accounts that a source which adopts shares with other sources of the customer. */
export function sharedAccounts({ adopt }: ResolvedSourceOptions): SharedAccounts | undefined {
  if (adopt === undefined) return undefined;
  const isRemoved: SharedAccounts["isRemoved"] = async (state, id) =>
    (await new SourceRecords(state).byId(id))?.removed !== undefined;
  return { tenant: adopt.tenant, isRemoved };
}

/** Runs a joined write in a transaction of the application, or in one of the storage, with its connection. */
function joinedRun({ storage, transaction }: ResolvedSourceOptions, tenant: string): RunJoined | undefined {
  if (transaction !== undefined && joinsTransactions(storage)) {
    return (run) => transaction((tx) => run(storage.within(tx), tx));
  }
  if (storage.connectionOf === undefined) return undefined;
  return (run) => storage.transaction((tx) => run(tx, storage.connectionOf?.(tx)), { tenant });
}

function joinsTransactions(storage: Storage): storage is Storage & { within(tx: object): Storage } {
  return "within" in storage && typeof storage.within === "function";
}

/** How writes are stored without the directory. */
export interface StoreOptions {
  /** A transaction of the application. @default one of its own */
  readonly tx?: Storage | undefined;
  /** Called first, in the same transaction. */
  readonly require?: (tx: Storage) => Promise<void>;
}

/** Carries out the writes of a source without a directory: over its storage, or over the application's own tables. */
export function storageCommit(
  options: ResolvedSourceOptions,
  { subscribers, history }: CommitContext,
  { tx: given, require }: StoreOptions = {},
): Commit {
  return async (write, apply) => {
    if (isUnchanged(write)) return apply();
    // The result is not needed, but a mapping that fails must fail now, and not when it is read.
    await mapWrite(options.mappings, write);
    if (subscribers.isEmpty && options.directory === undefined) return apply();
    // The application's own tables share no transaction with what follows, so that is written right afterwards.
    const first = options.resources === undefined ? undefined : await apply();
    const { tenant } = write.partition;
    return subscribers.together({ storage: given ?? options.storage, tenant }, async (tx) => {
      await require?.(tx);
      const result = first ?? (await apply(tx.resources));
      const { added, removed, changed } = result;
      if (!changed) return { result, changes: [], record: undefined };
      const isObject = write.after !== undefined;
      const changes = changesOf({ ...write, isObject, added, removed });
      const isForgotten = options.directory !== undefined && write.action === "delete";
      const ids = isForgotten ? await forgetIds(options, tx, write) : undefined;
      return { result, changes, record: history?.recordOf(write, result), ids };
    });
  };
}

/** Forgets the application's id of an object that is deleted. Returns it, so that it can be announced. */
async function forgetIds(
  options: ResolvedSourceOptions,
  tx: Storage,
  { partition, id }: Write,
): Promise<ReadonlyMap<string, string>> {
  const ids = new ApplicationIds(tx.state, partition.tenant, sharedAccounts(options));
  const name = { type: partition.type, id };
  const own = await ids.of(name);
  if (own === undefined) return new Map();
  await ids.remove(name, own);
  return new Map([[id, own]]);
}
