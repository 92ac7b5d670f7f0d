import { createSealer } from "../crypto/create-sealer.ts";
import { createTeller } from "../observe/events.ts";
import { type Commit, isUnchanged, type Write, type WriteOutcome } from "../server/requests/write.ts";
import type { Storage } from "../storage/storage.ts";
import { ApplicationIds } from "./changes/application-ids.ts";
import { changesOf, type Subscribers } from "./changes/subscribers.ts";
import type { MappedChange } from "./delivery/delivered-change.ts";
import type { DirectoryDelivery } from "./delivery/directory-delivery.ts";
import type { RunJoined } from "./delivery/joined-delivery.ts";
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
  const { directory, storage, passwordKeys } = options;
  if (directory === undefined) return undefined;
  // Many sources have no directory.
  const { directoryDelivery } = await import("./delivery/directory-delivery.ts");
  const parts = {
    storage,
    sourceId,
    directory,
    subscribers,
    map: (write: Write) => mappedChange(options, { guard, ids: new ApplicationIds(storage, sourceId) }, write),
    recordOf: (write: Write, outcome: WriteOutcome) => history?.recordOf(write, outcome),
    unknownMembers: options.unknownMembers,
    roles: options.groupRoles,
    leaseMs: options.deliveryLeaseMs,
    retryMs: options.deliveryRetryMs,
    now: options.now,
    newId: options.newId,
    tell: createTeller(options.observe),
    sealer: passwordKeys && createSealer({ keys: passwordKeys }),
  };
  return directoryDelivery(options.delivery, parts, joinedRun(options, sourceId));
}

/** Runs a joined write in a transaction of the application, or in one of the storage, with its connection. */
function joinedRun({ storage, transaction }: ResolvedSourceOptions, tenant: string): RunJoined | undefined {
  if (transaction !== undefined && joinsTransactions(storage)) {
    return (run) => transaction((tx) => run(storage.within(tx), tx));
  }
  if (storage.connectionOf === undefined) return undefined;
  return (run) => storage.transaction((tx) => run(tx, storage.connectionOf?.(tx)), { tenant });
}

/** What the directory gets of a write. */
async function mappedChange(
  options: ResolvedSourceOptions,
  { guard, ids }: { readonly guard: SourceGuard; readonly ids: ApplicationIds },
  write: Write,
): Promise<MappedChange> {
  const { mappings, adopt: rule, protect } = options;
  const { action, partition, id, before, after } = write;
  const isUser = partition.type === "User";
  const removal = action === "delete" && isUser ? await removalOf(options, ids, id) : "remove";
  if (removal === "remove") {
    const unverified = isUser && after !== undefined ? await guard.unverified(after.attributes) : undefined;
    const mapped = await mapWrite(mappings, write);
    if (rule === undefined) return { mapped, unverified };
    // Few sources have a rule.
    const { adoptedAccount, withIdentity } = await import("./delivery/adoption.ts");
    const account = await adoptedAccount(write, { rule, protect, ids, unverified });
    if (account === undefined) return { mapped, unverified };
    return { mapped: withIdentity(mapped, account), unverified, adopted: { id: account.id, by: account.by } };
  }
  if (removal === "unlink" || before === undefined) return { removal };
  const attributes = { ...before.attributes, active: false };
  const { members } = options.storage.resources;
  const groups = (await members?.groupsOf(partition.tenant, [id]))?.get(id) ?? [];
  const leaves = groups.filter((group) => group.type === "direct").map(({ value }) => value);
  return { removal, leaves, mapped: await mapResource(mappings, { id, type: partition.type, attributes }, "update") };
}

/** What a deletion means. An account that was there before is deactivated and not removed. */
async function removalOf(
  { removal }: ResolvedSourceOptions,
  ids: ApplicationIds,
  id: string,
): Promise<ResolvedSourceOptions["removal"]> {
  return removal === "remove" && (await ids.isAdopted({ type: "User", id })) ? "deactivate" : removal;
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
      const ids = options.directory && write.action === "delete" ? await forgetIds(tx, write) : undefined;
      return { result, changes, record: history?.recordOf(write, result), ids };
    });
  };
}

/** Forgets the application's id of an object that is deleted. Returns it, so that it can be announced. */
async function forgetIds(tx: Storage, { partition, id }: Write): Promise<ReadonlyMap<string, string>> {
  const ids = new ApplicationIds(tx, partition.tenant);
  const name = { type: partition.type, id };
  const own = await ids.of(name);
  if (own === undefined) return new Map();
  await ids.remove(name, own);
  return new Map([[id, own]]);
}
