import { UnavailableError } from "../../errors/request-errors.ts";
import { isPreconditionFailed, isScimError } from "../../errors/scim-error.ts";
import type { ScimEvent } from "../../observe/events.ts";
import type { Commit, Write, WriteOutcome } from "../../server/requests/write.ts";
import { refusalOf } from "../../server/writes/contention.ts";
import { honestTime } from "../../storage/state/lease.ts";
import type { ResourceStorage, Storage } from "../../storage/storage.ts";
import { withDeadline } from "../../timing/deadline.ts";
import { KeyedLock } from "../../timing/keyed-lock.ts";
import { changesOf, type Subscribers } from "../changes/subscribers.ts";
import { deliver, isDelivered } from "./deliver.ts";
import { type Intent, type IntentEntry, IntentRepository, resourceKey, undoOfMembers, uniqueKey } from "./intents.ts";
import { rehearse, takenValues } from "./rehearse.ts";
import type { SourceDirectory } from "./source-directory.ts";

/** What delivering to a directory needs. */
export interface DeliveryOptions {
  readonly storage: Storage;
  readonly sourceId: string;
  readonly directory: SourceDirectory;
  /** Receive the confirmed changes, in the same transaction. */
  readonly subscribers: Subscribers;
  /** Computes the object that the directory saves; undefined if there is nothing to save. */
  readonly map: (write: Write) => Promise<Intent["mapped"]>;
  /** What is recorded of a write; undefined if nothing is. */
  readonly recordOf: (write: Write, outcome: WriteOutcome) => Intent["record"];
  readonly unknownMembers: "reject" | "accept";
  /** How long a delivery may take before the source gives up and another process may finish it, in milliseconds. */
  readonly leaseMs: number;
  /** How long to wait after a delivery with an unknown outcome before it is repeated, in milliseconds. */
  readonly retryMs: number;
  readonly now: () => number;
  readonly tell: (event: () => ScimEvent) => void;
}

/**
 * Writes of a source with a directory: an intent is committed, the directory is called, then the resource is written
 * and the intent removed in one transaction. After a crash there is either nothing, or an intent that `settle`
 * finishes, so both sides agree.
 */
export class DirectoryCommit {
  private readonly options: DeliveryOptions;
  private readonly lock: KeyedLock = new KeyedLock();
  private readonly intents: IntentRepository;

  constructor(options: DeliveryOptions) {
    this.options = options;
    this.intents = new IntentRepository(options.storage.state, options.sourceId);
  }

  /** The handler's `commit`. */
  readonly commit: Commit = async (write, apply) => {
    if (!isDelivered(write.partition.type)) return apply();
    const keys = keysOf(write);
    return this.lock.run(keys, async () => {
      await this.settleEarlier(keys);
      const { outcome, entry } = await this.reserve(write, keys);
      if (entry === undefined) return outcome;
      const password = write.secrets.password;
      await this.finish(entry, typeof password === "string" ? password : undefined);
      return outcome;
    });
  };

  /**
   * Finishes an intent that a crash or an unknown outcome left behind, if it is due. Returns whether it is finished. If
   * the directory still fails, the intent stays for the next time.
   */
  async settle(entry: IntentEntry): Promise<boolean> {
    if (!(await this.isDue(entry))) return false;
    return this.lock.run(entry.value.keys, () => this.settleDue(entry));
  }

  /** Commits the intent, after the storage has confirmed that the write will succeed. */
  private async reserve(
    write: Write,
    keys: Intent["keys"],
  ): Promise<{ outcome: WriteOutcome; entry: IntentEntry | undefined }> {
    const { storage, sourceId, unknownMembers, leaseMs, now } = this.options;
    const mapped = await this.options.map(write);
    const reserved = async (tx: Storage) => {
      const outcome = await rehearse(tx.resources, write, unknownMembers);
      if (!outcome.changed && Object.keys(write.secrets).length === 0) return { outcome, entry: undefined };
      const { action, partition, id, after, next } = write;
      const { added, removed } = outcome;
      const expectedVersion = write.before?.version;
      const record = this.options.recordOf(write, outcome);
      const changed = { action, partition, id, expectedVersion, after, added, removed, next, mapped };
      const intent: Intent = { ...changed, record, keys };
      const intents = new IntentRepository(tx.state, sourceId);
      const entry = await intents.reserve(intent, now() + leaseMs).catch((error: unknown) => {
        // Another process has just reserved something that this change would overtake.
        throw isPreconditionFailed(error) ? this.unfinished() : error;
      });
      return { outcome, entry };
    };
    return storage.transaction(reserved, { tenant: sourceId });
  }

  /** Calls the directory for a reserved change, and confirms or discards the change by its response. */
  private async finish(entry: IntentEntry, password: string | undefined): Promise<void> {
    const { now, retryMs } = this.options;
    try {
      await this.call(entry, password);
    } catch (error) {
      if (isRefused(error)) {
        await this.discard(entry);
        throw refusalOf(error);
      }
      // If another process has claimed the intent, that process finishes it; the response is still the error here.
      await this.intents.claim(entry, now() + retryMs).catch(() => undefined);
      throw error;
    }
    const undo = await this.confirm(entry).catch(async (error: unknown) => {
      // Something else wrote to the storage, so the change cannot be written. The next one sends the object to the
      // directory again.
      if (isRefused(error)) await this.discard(entry);
      throw error;
    });
    if (undo !== undefined) await this.settleDue(undo);
  }

  private async call(entry: IntentEntry, password: string | undefined): Promise<void> {
    const { directory, sourceId, now, leaseMs, retryMs } = this.options;
    const call = deliver(directory, entry.value, { source: sourceId, password });
    const left = honestTime(entry.dueAt ?? Number.POSITIVE_INFINITY, now(), leaseMs) - now();
    return withDeadline(call, left, () => {
      throw new UnavailableError("The directory did not respond in time", { retryAfterMs: retryMs });
    });
  }

  /** Writes what was reserved. If the directory must undo a part of it, an intent to do so is returned. */
  private async confirm(entry: IntentEntry): Promise<IntentEntry | undefined> {
    const { storage, sourceId, unknownMembers, subscribers, now, leaseMs } = this.options;
    const intent = entry.value;
    return subscribers.together({ storage, tenant: sourceId }, async (tx) => {
      const intents = new IntentRepository(tx.state, sourceId);
      await intents.remove(entry);
      const gone = await applyIntent(tx.resources, intent, unknownMembers);
      const undo = gone.length === 0 ? undefined : await intents.reserve(undoOfMembers(intent, gone), now() + leaseMs);
      const changes = changesOf({ ...intent, isObject: intent.after !== undefined });
      return { result: undo, changes, record: intent.record };
    });
  }

  private async discard(entry: IntentEntry): Promise<void> {
    const { storage, sourceId } = this.options;
    await storage.transaction((tx) => new IntentRepository(tx.state, sourceId).remove(entry), { tenant: sourceId });
  }

  /** No change may overtake an unfinished one of the same resource, or take a value that one has reserved. */
  private async settleEarlier(keys: readonly string[]): Promise<void> {
    for (const entry of await this.intents.holding(keys)) {
      if (!(await this.isDue(entry)) || !(await this.settleDue(entry))) throw this.unfinished();
    }
  }

  private unfinished(): UnavailableError {
    const retryAfterMs = this.options.retryMs;
    return new UnavailableError("An earlier change of this resource is not finished yet", { retryAfterMs });
  }

  /**
   * Whether an intent can be taken over. A due time that no correct clock can have written is replaced by a possible
   * one: a clock that was a day ahead must not lock a resource for a day.
   */
  private async isDue(entry: IntentEntry): Promise<boolean> {
    const { now, leaseMs, retryMs } = this.options;
    const { dueAt = 0 } = entry;
    const time = now();
    // Clocks of two processes may differ by as much as the longest time that is ever waited.
    if (honestTime(dueAt, time, 2 * Math.max(leaseMs, retryMs)) === dueAt) return dueAt <= time;
    await this.claim(entry, time + leaseMs);
    return false;
  }

  /** Claims an intent until `dueAt`; undefined if another process was first. */
  private async claim(entry: IntentEntry, dueAt: number): Promise<IntentEntry | undefined> {
    try {
      return await this.intents.claim(entry, dueAt);
    } catch (error) {
      if (isPreconditionFailed(error)) return undefined;
      throw error;
    }
  }

  private async settleDue(entry: IntentEntry): Promise<boolean> {
    const { now, leaseMs, sourceId, tell } = this.options;
    const { partition, id } = entry.value;
    const event = { source: sourceId, tenant: sourceId, resourceType: partition.type, id };
    const claimed = await this.claim(entry, now() + leaseMs);
    if (claimed === undefined) return false;
    try {
      await this.finish(claimed, undefined);
      tell(() => ({ type: "source.settled", ...event, outcome: "committed" }));
      return true;
    } catch (error) {
      const isDiscarded = isRefused(error);
      tell(() =>
        isDiscarded
          ? { type: "source.settled", ...event, outcome: "discarded" }
          : { type: "source.unsettled", ...event, error },
      );
      return isDiscarded;
    }
  }
}

/** What a write reserves: its resource and the unique values it takes. Nobody else knows the id of a new resource. */
function keysOf(write: Write): Intent["keys"] {
  const { action, partition, id } = write;
  const taken = takenValues(write).map((value) => uniqueKey(partition, value));
  const [first, ...others] = action === "create" ? taken : [];
  return first === undefined ? [resourceKey(partition, id), ...taken] : [first, ...others];
}

/** Whether an error is a 4xx: a rejection that a repetition does not change. */
function isRefused(error: unknown): boolean {
  return isScimError(error) && error.status >= 400 && error.status < 500;
}

/**
 * Writes what an intent reserved. Members that would now make a cycle are left out. Members that have been deleted
 * since are left out too, unless unknown members are accepted: their memberships would have been deleted with them.
 * Returns the ids of the members that were left out.
 */
async function applyIntent(
  resources: ResourceStorage,
  intent: Intent,
  unknownMembers: "reject" | "accept",
): Promise<readonly string[]> {
  const { partition, id, after, added, removed, next } = intent;
  if (intent.action === "delete") {
    await resources.remove(partition, id);
    return [];
  }
  if (after !== undefined) {
    if (intent.expectedVersion === undefined) await resources.insert(partition, after);
    else await resources.replace(partition, after, intent.expectedVersion);
  }
  if ((added.length === 0 && removed.length === 0) || resources.members === undefined) return [];
  const change = { add: added, remove: removed, next, unknown: unknownMembers };
  const { unknown, cyclic } = await resources.members.change(partition, id, change);
  const gone = new Set([...unknown, ...cyclic]);
  if (gone.size === 0) return [];
  const present = added.filter((member) => !gone.has(member.value));
  await resources.members.change(partition, id, { ...change, add: present });
  return [...gone];
}
