import { PreconditionFailedError, UnavailableError } from "../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { type Commit, isUnchanged, type Write, type WriteOutcome } from "../../server/requests/write.ts";
import { refusalOf } from "../../server/writes/contention.ts";
import { honestTime } from "../../storage/state/lease.ts";
import type { Storage } from "../../storage/storage.ts";
import { withDeadline } from "../../timing/deadline.ts";
import { KeyedLock } from "../../timing/keyed-lock.ts";
import { changesOf } from "../changes/subscribers.ts";
import { applyChange } from "./apply-change.ts";
import { deliver, endsSessions, isDelivered, revokeSessions } from "./deliver.ts";
import { changeOf, undoOfMembers } from "./delivered-change.ts";
import {
  type DeliveryParts,
  deliveredWrite,
  isRejection,
  type KnownIds,
  knownIds,
  mayBeKnown,
  openPassword,
  reserveAccount,
  roleContext,
  sealPassword,
  storeIds,
  tellAdoption,
} from "./delivery-parts.ts";
import { type Intent, type IntentEntry, IntentRepository, resourceKey, uniqueKey } from "./intents.ts";
import { rehearse, takenValues } from "./rehearse.ts";

/**
 * Delivers within the request, to a directory in another system: an intent is committed, the directory is called, then the resource is written
 * and the intent removed in one transaction. After a crash there is either nothing, or an intent that `settle`
 * finishes, so both sides agree.
 */
export class SyncDelivery {
  private readonly options: DeliveryParts;
  private readonly lock: KeyedLock = new KeyedLock();
  private readonly intents: IntentRepository;

  constructor(options: DeliveryParts) {
    this.options = options;
    this.intents = new IntentRepository(options.storage.state, options.sourceId);
  }

  /** The handler's `commit`. */
  readonly commit: Commit = async (write, apply) => {
    if (!isDelivered(write.partition.type)) return apply();
    return this.inOrder(write, async (keys, hasSettled) => {
      if (isUnchanged(write)) {
        // What was finished just now may have changed what the write was compared with.
        if (hasSettled) throw new PreconditionFailedError();
        return apply();
      }
      const { outcome, entry, password } = await this.reserve(write, keys);
      if (entry === undefined) return outcome;
      await this.finish(entry, typeof password === "string" ? password : undefined);
      return outcome;
    });
  };

  /**
   * Does a write after everything that its resource and its unique values wait for. `work` gets what the write must
   * reserve, and whether an earlier change was finished just now.
   *
   * @throws {UnavailableError} if an earlier change cannot be finished now
   */
  async inOrder<T>(write: Write, work: (keys: Intent["keys"], hasSettled: boolean) => Promise<T>): Promise<T> {
    const keys = keysOf(write);
    return this.lock.run(keys, async () => work(keys, await this.settleEarlier(keys)));
  }

  /** @throws {UnavailableError} if something that a write needs is reserved, as a transaction sees it */
  async requireNone(tx: Storage, write: Write): Promise<void> {
    const found = await new IntentRepository(tx.state, this.options.sourceId).holding(keysOf(write));
    if (found.length > 0) throw this.unfinished();
  }

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
    given: Write,
    keys: Intent["keys"],
  ): Promise<{ outcome: WriteOutcome; entry: IntentEntry | undefined; password: unknown }> {
    const { storage, sourceId, unknownMembers, leaseMs, now } = this.options;
    const mapped = await this.options.map(given);
    const write = deliveredWrite(given, mapped);
    const { password } = write.secrets;
    const sealed = await sealPassword(this.options, write);
    const reserved = async (tx: Storage) => {
      const outcome = await rehearse(tx.resources, write, unknownMembers);
      if (!outcome.changed && Object.keys(write.secrets).length === 0) return { outcome, entry: undefined, password };
      const change = changeOf(write, outcome, { ...mapped, record: this.options.recordOf(write, outcome, mapped) });
      const intent: Intent = { ...change, sealed, keys };
      await reserveAccount(this.options.ids(tx.state), change);
      const intents = new IntentRepository(tx.state, sourceId);
      const entry = await intents.reserve(intent, now() + leaseMs).catch((error: unknown) => {
        // Another process has just reserved something that this change would overtake.
        throw isPreconditionFailed(error) ? this.unfinished() : error;
      });
      return { outcome, entry, password };
    };
    return storage.transaction(reserved, { tenant: sourceId });
  }

  /** Calls the directory for a reserved change, and confirms or discards the change by its response. */
  async finish(entry: IntentEntry, password: string | undefined): Promise<void> {
    const { now, retryMs } = this.options;
    let applicationId: string | undefined;
    const former = await this.formerId(entry.value);
    try {
      applicationId = await this.call(entry, { password, applicationId: former });
    } catch (error) {
      if (isRejection(error)) {
        await this.discard(entry);
        throw refusalOf(error);
      }
      // If another process has claimed the intent, that process finishes it; the response is still the error here.
      await this.intents.claim(entry, now() + retryMs).catch(() => undefined);
      throw error;
    }
    const undo = await this.confirm(entry, { applicationId, former }).catch(async (error: unknown) => {
      // Something else wrote to the storage, so the change cannot be written. The next one sends the object to the
      // directory again.
      if (isRejection(error)) await this.discard(entry);
      throw error;
    });
    tellAdoption(this.options, entry.value);
    if (undo !== undefined) await this.settleDue(undo);
  }

  private async call(
    entry: IntentEntry,
    extra: { readonly password: string | undefined; readonly applicationId: string | undefined },
  ): Promise<string | undefined> {
    const { now, leaseMs, retryMs } = this.options;
    const call = this.deliver(entry.value, extra);
    const left = honestTime(entry.dueAt ?? Number.POSITIVE_INFINITY, now(), leaseMs) - now();
    return withDeadline(call, left, () => {
      throw new UnavailableError("The directory did not respond in time", { retryAfterMs: retryMs });
    });
  }

  private async deliver(
    intent: Intent,
    given: { readonly password: string | undefined; readonly applicationId: string | undefined },
  ): Promise<string | undefined> {
    const { directory, sourceId: source } = this.options;
    const extra = { source, ...given, roles: roleContext(this.options, this.options.storage) };
    const applicationId = intent.isSweep === true ? undefined : await deliver(directory, intent, extra);
    if (endsSessions(directory, intent)) {
      const known = applicationId ?? given.applicationId;
      await revokeSessions(directory, intent, { ...extra, applicationId: known });
    }
    return applicationId;
  }

  /** The application's id of an object, if it has returned one. A new object has none. */
  private async formerId(intent: Intent): Promise<string | undefined> {
    const { partition, id } = intent;
    const ids = this.options.ids(this.options.storage.state);
    return mayBeKnown(intent) ? ids.of({ type: partition.type, id }) : undefined;
  }

  /** Writes what was reserved. If the directory must undo a part of it, an intent to do so is returned. */
  private async confirm(entry: IntentEntry, ids: KnownIds): Promise<IntentEntry | undefined> {
    const { storage, sourceId, unknownMembers, subscribers, now, leaseMs } = this.options;
    const intent = entry.value;
    return subscribers.together<IntentEntry | undefined>({ storage, tenant: sourceId }, async (tx) => {
      const intents = new IntentRepository(tx.state, sourceId);
      await intents.remove(entry);
      if (intent.isSweep === true) return { result: undefined, changes: [], record: undefined };
      const gone = await applyChange(tx.resources, intent, unknownMembers);
      await storeIds(this.options.ids(tx.state), intent, ids);
      const keys: Intent["keys"] = [resourceKey(intent.partition, intent.id)];
      const undo =
        gone.length === 0
          ? undefined
          : await intents.reserve({ ...undoOfMembers(intent, gone), keys }, now() + leaseMs);
      const changes = changesOf({ ...intent, isObject: intent.after !== undefined });
      const own = knownIds(intent, ids.applicationId ?? ids.former);
      return { result: undo, changes, record: intent.record, ids: own };
    });
  }

  private async discard(entry: IntentEntry): Promise<void> {
    const { storage, sourceId, ids } = this.options;
    const { partition, id, adoption } = entry.value;
    const discarded = async (tx: Storage): Promise<void> => {
      await new IntentRepository(tx.state, sourceId).remove(entry);
      if (adoption !== undefined) await ids(tx.state).remove({ type: partition.type, id }, adoption.applicationId);
    };
    await storage.transaction(discarded, { tenant: sourceId });
  }

  /**
   * No change may overtake an unfinished one of the same resource, or take a value that one has reserved. Returns
   * whether there was one.
   */
  private async settleEarlier(keys: readonly string[]): Promise<boolean> {
    const found = await this.intents.holding(keys);
    for (const entry of found) {
      if (!(await this.isDue(entry)) || !(await this.settleDue(entry))) throw this.unfinished();
    }
    return found.length > 0;
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
      await this.finish(claimed, await openPassword(this.options, claimed.value));
      tell(() => ({ type: "source.settled", ...event, outcome: "committed" }));
      return true;
    } catch (error) {
      const isDiscarded = isRejection(error);
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
