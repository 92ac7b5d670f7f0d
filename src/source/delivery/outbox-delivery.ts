import pLimit, { type LimitFunction } from "p-limit";
import { UnavailableError } from "../../errors/request-errors.ts";
import { isPreconditionFailed, isScimError } from "../../errors/scim-error.ts";
import { type Commit, isUnchanged, type Write, type WriteOutcome } from "../../server/requests/write.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { withDeadline } from "../../timing/deadline.ts";
import { isDue } from "../../timing/due.ts";
import { WorkInProgress } from "../../timing/work-in-progress.ts";
import { isDelivered } from "./deliver.ts";
import { changeOf, type DeliveredChange, type MappedChange } from "./delivered-change.ts";
import {
  type DeliveryParts,
  deliveredWrite,
  isRejection,
  reserveAccount,
  sealPassword,
  tellAdoption,
} from "./delivery-parts.ts";
import { type OutboxQueue, OutboxRecords, type QueueEntry, type QueueHolder, queueKey } from "./outbox-records.ts";
import { OutboxTurn } from "./outbox-turn.ts";

/** After so many rejections by the directory a change is a dead letter. */
const MOST_REJECTIONS = 5;
/** Statuses below 500 that say nothing about the change itself. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 429]);
/** The longest gap between two attempts, in milliseconds. */
const LONGEST_RETRY_MS = 3_600_000;
/** How many objects a source delivers at a time. */
const CONCURRENCY = 4;
/** How many changes of one object are delivered before others have their turn. */
const MOST_IN_TURN = 100;
/** How many objects wait at most to be delivered right after their commit; the task finds the others. */
const MOST_AWAKE = 1000;

/**
 * Delivers after the response: the change is stored together with the resource, and a 2xx means that it was accepted. A
 * change is delivered at least once, and the changes of one user or group in their order.
 */
export class OutboxDelivery {
  private readonly parts: DeliveryParts;
  private readonly work: WorkInProgress = new WorkInProgress();
  private readonly limit: LimitFunction = pLimit(CONCURRENCY);
  /** The queues that wait to be delivered from in this process. */
  private readonly awake: Set<string> = new Set();

  constructor(parts: DeliveryParts) {
    this.parts = parts;
  }

  /** The handler's `commit`. */
  readonly commit: Commit = async (write, apply) => {
    if (!isDelivered(write.partition.type) || isUnchanged(write)) return apply();
    const mapped = await this.parts.map(write);
    const given = deliveredWrite(write, mapped);
    const sealed = await sealPassword(this.parts, given);
    const { storage, sourceId: tenant } = this.parts;
    const stored = await storage.transaction((tx) => this.store(given, apply, { tx, mapped, sealed }), { tenant });
    if (stored.change !== undefined) tellAdoption(this.parts, stored.change);
    return stored.outcome;
  };

  /** Resolves when the deliveries that began in this process have ended. */
  async idle(): Promise<void> {
    while (!this.work.isNone) await this.work.changed();
  }

  /**
   * Delivers what waits in a queue, if it is due, when it is the source's turn: until it is empty, a change fails, or
   * others must have their turn. Returns how many changes were delivered. No other process delivers from it meanwhile.
   */
  deliverFrom(key: string, signal?: AbortSignal): Promise<number> {
    return this.limit(() => this.deliverDue(key, signal));
  }

  /** @throws {UnavailableError} if a change of the object waits in the outbox, as a transaction sees it */
  async requireNone(tx: Storage, { partition, id }: Write): Promise<void> {
    const queue = await new OutboxRecords(tx.state, this.parts.sourceId).queues.get(queueKey(partition.type, id));
    if (queue === undefined || queue.value.first === queue.value.next) return;
    const { retryMs } = this.parts;
    throw new UnavailableError("An earlier change of this resource is not delivered yet", { retryAfterMs: retryMs });
  }

  private async store(
    write: Write,
    apply: (transaction: ResourceStorage) => Promise<WriteOutcome>,
    extra: {
      readonly tx: Storage;
      readonly mapped: MappedChange;
      readonly sealed: string | undefined;
    },
  ): Promise<{ readonly outcome: WriteOutcome; readonly change?: DeliveredChange }> {
    const { tx, mapped, sealed } = extra;
    const { sourceId, now, recordOf, subscribers, ids } = this.parts;
    const outcome = await apply(tx.resources);
    if (!outcome.changed && Object.keys(write.secrets).length === 0) return { outcome };
    const record = outcome.changed ? recordOf(write, outcome, mapped) : undefined;
    const { keep } = mapped;
    const change = { ...changeOf(write, outcome, { ...mapped, record: undefined, keep: undefined }), sealed };
    await reserveAccount(ids(tx.state), change);
    // Stored now and not with the delivery: the next change is mapped with it.
    if (keep !== undefined) await ids(tx.state).keep({ type: write.partition.type, id: write.id }, keep);
    await new OutboxRecords(tx.state, sourceId).add(change, now());
    if (record !== undefined) await subscribers.announce({ tx, sourceId }, { changes: [], record });
    tx.afterCommit?.(() => this.wake(queueKey(write.partition.type, write.id)));
    return { outcome, change };
  }

  /** Delivers from a queue soon, in this process. What fails is tried again by the source's task. */
  private wake(key: string): void {
    if (this.awake.has(key) || this.awake.size >= MOST_AWAKE) return;
    this.awake.add(key);
    const deliver = async (): Promise<void> => {
      // From here on a change that is committed must wake the queue again.
      this.awake.delete(key);
      await this.deliverDue(key);
    };
    void this.work.run(() =>
      this.limit(deliver).catch((error: unknown) => {
        const { sourceId: source, tell } = this.parts;
        tell(() => ({ type: "source.error", source, tenant: source, error }));
      }),
    );
  }

  private async deliverDue(key: string, signal?: AbortSignal): Promise<number> {
    const { now, newId, leaseMs } = this.parts;
    const holder = { key, by: newId() };
    const end = now() + leaseMs;
    let delivered = 0;
    let entry = signal?.aborted === true ? undefined : await this.claim(holder);
    while (entry !== undefined) {
      if (delivered >= MOST_IN_TURN || now() > end || signal?.aborted === true) {
        await this.update(holder, (value) => ({ value, dueAt: now() }));
        break;
      }
      const rest = await this.deliverFirst(holder, entry);
      if (rest === "stopped") break;
      delivered += 1;
      entry = rest;
    }
    return delivered;
  }

  /** Takes a queue until a delivery must have ended; undefined if it is not due, or another process has it. */
  private async claim({ key, by }: QueueHolder): Promise<QueueEntry | undefined> {
    const { storage, sourceId, now, leaseMs } = this.parts;
    const { queues } = new OutboxRecords(storage.state, sourceId);
    const entry = await queues.get(key);
    if (entry?.dueAt === undefined || !isDue(entry.dueAt, now(), Math.max(LONGEST_RETRY_MS, leaseMs))) return undefined;
    try {
      return await queues.put(key, { ...entry.value, by }, { expected: entry.version, dueAt: now() + leaseMs });
    } catch (error) {
      // Another process was faster, or a change was added.
      if (isPreconditionFailed(error)) return this.claim({ key, by });
      throw error;
    }
  }

  private async deliverFirst(holder: QueueHolder, entry: QueueEntry): Promise<QueueEntry | undefined | "stopped"> {
    const { storage, sourceId, leaseMs, retryMs } = this.parts;
    const change = await new OutboxRecords(storage.state, sourceId).firstOf(entry);
    if (change === undefined) return this.skip(holder);
    try {
      return await withDeadline(new OutboxTurn(this.parts, holder, change).run(), leaseMs, () => {
        throw new UnavailableError("The directory did not respond in time", { retryAfterMs: retryMs });
      });
    } catch (error) {
      await this.failed(holder, change, error);
      return "stopped";
    }
  }

  /** Goes on behind a change whose record is missing. */
  private async skip(holder: QueueHolder): Promise<"stopped"> {
    const { now } = this.parts;
    await this.update(holder, (value) => {
      const first = Math.min(value.first + 1, value.next);
      return { value: { ...value, first }, dueAt: first === value.next ? undefined : now() };
    });
    return "stopped";
  }

  private async failed(holder: QueueHolder, { partition, id }: DeliveredChange, error: unknown): Promise<void> {
    const { retryMs, now, sourceId, tell } = this.parts;
    const event = { source: sourceId, tenant: sourceId, resourceType: partition.type, id, error };
    const reason = error instanceof Error ? error.message.slice(0, 500) : "unknown";
    const isRejected = isRejection(error) && isScimError(error) && !TRANSIENT.has(error.status);
    await this.update(holder, (value) => {
      tell(() => ({ type: "source.unsettled", ...event }));
      const rejections = value.rejections + (isRejected ? 1 : 0);
      const waitMs = Math.min(LONGEST_RETRY_MS, retryMs * 2 ** Math.min(value.tries, 30));
      const failed = { ...value, tries: value.tries + 1, rejections, reason };
      if (rejections >= MOST_REJECTIONS) return { value: { ...failed, isDead: true }, dueAt: undefined };
      return { value: failed, dueAt: now() + waitMs };
    });
  }

  /** Changes a queue of which this process is the holder, and gives it up. Nothing happens if it is the holder no more. */
  private async update(
    holder: QueueHolder,
    change: (value: OutboxQueue) => { readonly value: OutboxQueue; readonly dueAt: number | undefined },
  ): Promise<void> {
    const { storage, sourceId } = this.parts;
    const updated = async (tx: Storage): Promise<void> => {
      const { queues } = new OutboxRecords(tx.state, sourceId);
      const entry = await queues.get(holder.key);
      if (entry?.value.by !== holder.by) return;
      const { value, dueAt } = change(entry.value);
      await queues.put(holder.key, { ...value, by: undefined }, { expected: entry.version, dueAt });
    };
    await storage.transaction(updated, { tenant: sourceId });
  }
}
