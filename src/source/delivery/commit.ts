import { UnavailableError } from "../../errors/request-errors.ts";
import { isPreconditionFailed, isScimError } from "../../errors/scim-error.ts";
import type { ScimEvent } from "../../observe/events.ts";
import type { Commit, Write, WriteOutcome } from "../../server/requests/write.ts";
import { applyWrite } from "../../server/writes/apply-write.ts";
import { refusalOf } from "../../server/writes/contention.ts";
import type { ResourceStorage, StateRecord, Storage } from "../../storage/storage.ts";
import { withDeadline } from "../../timing/deadline.ts";
import { KeyedLock } from "../../timing/keyed-lock.ts";
import { changesOf, type Subscribers } from "../changes/subscribers.ts";
import { deliver, isDelivered } from "./deliver.ts";
import { type Intent, IntentRepository, intentOf, resourceKey, undoOfMembers, uniqueKeys } from "./intents.ts";
import { rehearse } from "./rehearse.ts";
import type { SourceDirectory } from "./source-directory.ts";

const SETTLE_BATCH = 50;

/** What delivering to a directory needs. */
export interface DeliveryOptions {
  readonly storage: Storage;
  readonly sourceId: string;
  readonly directory: SourceDirectory;
  /** Told of what is kept, in the same transaction. */
  readonly subscribers: Subscribers;
  /** Turns a write into what the directory is to save; undefined where nothing is to be saved. */
  readonly map: (write: Write) => Promise<Intent["mapped"]>;
  readonly unknownMembers: "reject" | "accept";
  /** How long a delivery may take before it is given up and someone else may finish it, in milliseconds. */
  readonly leaseMs: number;
  /** How long to leave a change alone whose delivery failed with an unknown outcome, in milliseconds. */
  readonly retryMs: number;
  readonly now: () => number;
  readonly tell: (event: () => ScimEvent) => void;
}

/**
 * Writes of a source with a directory in another system, in the mode `sync`: an intent is committed, the directory is
 * called, then the resource is written and the intent removed in one transaction. A crash at any moment leaves either
 * nothing, or an intent that `settle` carries to its end, so that both sides agree.
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
      await this.settleStanding(keys);
      const { outcome, record } = await this.promise(write, keys);
      if (record === undefined) return outcome;
      const password = write.secrets.password;
      await this.finish(record, typeof password === "string" ? password : undefined);
      return outcome;
    });
  };

  /**
   * Finishes what crashes and unknown outcomes left behind, as far as it is due. Returns how many intents are done with.
   * A directory that still fails leaves its intent for the next time.
   */
  async settle(): Promise<number> {
    let settled = 0;
    for (const record of await this.intents.due(this.options.now(), SETTLE_BATCH)) {
      const intent = intentOf(record);
      settled += await this.lock.run(keysOf(intent), async () => ((await this.settleOne(record)) ? 1 : 0));
    }
    return settled;
  }

  /** Commits the intent, after the storage has said that the write will hold. */
  private async promise(
    write: Write,
    keys: readonly string[],
  ): Promise<{ outcome: WriteOutcome; record: StateRecord | undefined }> {
    const { storage, sourceId, unknownMembers, leaseMs, now } = this.options;
    const mapped = await this.options.map(write);
    return storage.transaction(async (tx) => {
      const outcome = await rehearse(tx.resources, write, (resources, rehearsed) =>
        applyWrite(resources, rehearsed, unknownMembers),
      );
      if (!outcome.changed && Object.keys(write.secrets).length === 0) return { outcome, record: undefined };
      const intent: Intent = {
        action: write.action,
        partition: write.partition,
        id: write.id,
        expectedVersion: write.before?.version,
        after: write.after,
        added: outcome.added,
        removed: outcome.removed,
        next: write.next,
        mapped,
        reserved: keys.filter((key) => key !== resourceKey(write.partition, write.id)),
      };
      const intents = new IntentRepository(tx.state, sourceId);
      const record = await intents.put(intent, now() + leaseMs).catch((error: unknown) => {
        // Another process promised something just now that this would overtake.
        throw isPreconditionFailed(error) ? this.unfinished() : error;
      });
      return { outcome, record };
    });
  }

  /** Calls the directory for a promised change and keeps or drops it by what the directory says. */
  private async finish(record: StateRecord, password: string | undefined): Promise<void> {
    const { now, retryMs } = this.options;
    try {
      await this.call(record, password);
    } catch (error) {
      if (isRefused(error)) {
        await this.drop(record);
        throw refusalOf(error);
      }
      // Where someone else has taken the intent over, that is theirs; what went wrong here is still the answer.
      await this.intents.claim(record, now() + retryMs).catch(() => undefined);
      throw error;
    }
    const undo = await this.keep(record).catch(async (error: unknown) => {
      // Someone wrote past the source. What was promised cannot be kept; the next change tells the directory anew.
      if (isRefused(error)) await this.drop(record);
      throw error;
    });
    if (undo !== undefined) await this.settleOne(undo);
  }

  private async call(record: StateRecord, password: string | undefined): Promise<void> {
    const { directory, sourceId, now, leaseMs, retryMs } = this.options;
    const call = deliver(directory, intentOf(record), { source: sourceId, password });
    const left = record.dueAt === undefined ? leaseMs : record.dueAt - now();
    return withDeadline(call, left, () => {
      throw new UnavailableError("The directory did not answer in time", { retryAfterMs: retryMs });
    });
  }

  /** Writes what was promised. What the directory must take back, since it cannot be kept, is promised in its place. */
  private async keep(record: StateRecord): Promise<StateRecord | undefined> {
    const { storage, sourceId, subscribers, now, leaseMs } = this.options;
    const intent = intentOf(record);
    return subscribers.together(storage, async (tx) => {
      const intents = new IntentRepository(tx.state, sourceId);
      await intents.remove(record);
      const gone = await applyIntent(tx.resources, intent);
      const undo = gone.length === 0 ? undefined : await intents.put(undoOfMembers(intent, gone), now() + leaseMs);
      return { result: undo, changes: changesOf({ ...intent, isObject: intent.after !== undefined }) };
    });
  }

  private async drop(record: StateRecord): Promise<void> {
    const { storage, sourceId } = this.options;
    await storage.transaction((tx) => new IntentRepository(tx.state, sourceId).remove(record));
  }

  /** Nothing may overtake an unfinished change of the same resource, or take a value that one has reserved. */
  private async settleStanding(keys: readonly string[]): Promise<void> {
    for (const record of await this.intents.standing(keys)) {
      const due = record.dueAt !== undefined && record.dueAt <= this.options.now();
      if (!due || !(await this.settleOne(record))) {
        throw this.unfinished();
      }
    }
  }

  private unfinished(): UnavailableError {
    const retryAfterMs = this.options.retryMs;
    return new UnavailableError("An earlier change of this resource is not finished yet", { retryAfterMs });
  }

  private async settleOne(record: StateRecord): Promise<boolean> {
    const { now, leaseMs, sourceId, tell } = this.options;
    const { partition, id } = intentOf(record);
    const event = { source: sourceId, resourceType: partition.type, id };
    let claimed: StateRecord;
    try {
      claimed = await this.intents.claim(record, now() + leaseMs);
    } catch (error) {
      // Someone else is finishing it.
      if (isPreconditionFailed(error)) return false;
      throw error;
    }
    try {
      await this.finish(claimed, undefined);
      tell(() => ({ type: "source.settled", ...event, outcome: "committed" }));
      return true;
    } catch (error) {
      const dropped = isRefused(error);
      tell(() =>
        dropped
          ? { type: "source.settled", ...event, outcome: "dropped" }
          : { type: "source.unsettled", ...event, error },
      );
      return dropped;
    }
  }
}

function keysOf(change: Pick<Intent, "partition" | "id" | "after"> & { readonly before?: Write["before"] }): string[] {
  const taken = change.after?.unique ?? [];
  return [resourceKey(change.partition, change.id), ...uniqueKeys(change.partition, taken)];
}

/** A 4xx: it will not be, and says so for good. */
function isRefused(error: unknown): boolean {
  return isScimError(error) && error.status >= 400 && error.status < 500;
}

/**
 * Writes what an intent promised. Members that have gone since are left out, as their memberships would have gone with
 * them; their ids are returned.
 */
async function applyIntent(resources: ResourceStorage, intent: Intent): Promise<readonly string[]> {
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
  const change = { add: added, remove: removed, next, unknown: "reject" as const };
  const { unknown } = await resources.members.change(partition, id, change);
  if (unknown.length === 0) return [];
  const gone = new Set(unknown);
  const present = added.filter((member) => !gone.has(member.value));
  await resources.members.change(partition, id, { ...change, add: present });
  return unknown;
}
