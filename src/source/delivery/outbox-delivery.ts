import type { Sealer } from "../../crypto/create-sealer.ts";
import { UnavailableError } from "../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import type { Commit, Write, WriteOutcome } from "../../server/requests/write.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import type { ResourceStorage, Storage } from "../../storage/storage.ts";
import { withDeadline } from "../../timing/deadline.ts";
import { WorkInProgress } from "../../timing/work-in-progress.ts";
import { yieldTurn } from "../../timing/yield-turn.ts";
import { ApplicationIds } from "../changes/application-ids.ts";
import { changesOf } from "../changes/subscribers.ts";
import { deliver, isDelivered } from "./deliver.ts";
import { changeOf, type MappedChange } from "./delivered-change.ts";
import { type DeliveryParts, isRejection, knownIds, mayBeKnown, storeIds } from "./delivery-parts.ts";
import { type OutboxChange, type OutboxQueue, OutboxRecords, type QueueEntry } from "./outbox-records.ts";

/** After so many rejections by the directory a change is a dead letter. */
const MOST_REJECTIONS = 5;
const LONGEST_RETRY_MS = 3_600_000;
/** How often a record is written again when a change was added to its queue meanwhile. */
const MOST_CONFLICTS = 20;

/** What an outbox needs. */
export interface OutboxParts extends DeliveryParts {
  /** Encrypts passwords while they wait; undefined without `passwords: "deliver"`. */
  readonly sealer: Sealer | undefined;
}

/**
 * Delivers after the response: the change is stored together with the resource, and a 2xx means that it was accepted. A
 * change is delivered at least once, and the changes of one user or group in their order.
 */
export class OutboxDelivery {
  private readonly parts: OutboxParts;
  private readonly work: WorkInProgress = new WorkInProgress();
  private readonly records: OutboxRecords;

  constructor(parts: OutboxParts) {
    this.parts = parts;
    this.records = new OutboxRecords(parts.storage.state, parts.sourceId);
  }

  /** The handler's `commit`. */
  readonly commit: Commit = async (write, apply) => {
    if (!isDelivered(write.partition.type)) return apply();
    const mapped = await this.parts.map(write);
    const sealed = await this.seal(write);
    const { storage, sourceId: tenant } = this.parts;
    return storage.transaction((tx) => this.store(write, apply, { tx, mapped, sealed }), { tenant });
  };

  /** Resolves when the deliveries that began in this process have ended. */
  async idle(): Promise<void> {
    while (!this.work.isNone) await this.work.changed();
  }

  /**
   * Delivers what waits in a queue, until it is empty or a change fails. Returns how many changes were delivered. Another
   * process does not deliver from the queue meanwhile.
   */
  async deliverFrom(entry: QueueEntry): Promise<number> {
    let claimed = await this.claim(entry);
    let delivered = 0;
    while (claimed !== undefined) {
      const rest = await this.deliverFirst(claimed);
      if (rest === "stopped") return delivered;
      delivered += 1;
      claimed = rest === undefined ? undefined : await this.claim(rest);
    }
    return delivered;
  }

  private async store(
    write: Write,
    apply: (transaction: ResourceStorage) => Promise<WriteOutcome>,
    extra: {
      readonly tx: Storage;
      readonly mapped: MappedChange;
      readonly sealed: string | undefined;
    },
  ): Promise<WriteOutcome> {
    const { tx, mapped, sealed } = extra;
    const { sourceId, now, recordOf, subscribers } = this.parts;
    const outcome = await apply(tx.resources);
    if (!outcome.changed && Object.keys(write.secrets).length === 0) return outcome;
    const record = outcome.changed ? recordOf(write, outcome) : undefined;
    const change: OutboxChange = { ...changeOf(write, outcome, { ...mapped, record: undefined }), sealed };
    await new OutboxRecords(tx.state, sourceId).add(change, now());
    if (record !== undefined) await subscribers.announce({ tx, sourceId }, { changes: [], record });
    tx.afterCommit?.(() => this.deliverSoon(write));
    return outcome;
  }

  /** Begins to deliver what was just committed. What fails is tried again by the source's task. */
  private deliverSoon({ partition, id }: Write): void {
    void this.work.run(async () => {
      await yieldTurn();
      try {
        const entry = await this.records.queues.get(joinKey(partition.type, id));
        if (entry !== undefined && entry.value.tries === 0 && entry.value.isDead !== true)
          await this.deliverFrom(entry);
      } catch (error) {
        this.tellFailure(partition.type, id, error);
      }
    });
  }

  /** Takes a queue until a delivery must have ended; undefined if another process was first. */
  private async claim({ key, value, version }: QueueEntry): Promise<QueueEntry | undefined> {
    const { now, leaseMs } = this.parts;
    try {
      return await this.records.queues.put(key, value, { expected: version, dueAt: now() + leaseMs });
    } catch (error) {
      if (isPreconditionFailed(error)) return undefined;
      throw error;
    }
  }

  private async deliverFirst(entry: QueueEntry): Promise<QueueEntry | undefined | "stopped"> {
    const { sourceId, directory, leaseMs } = this.parts;
    const change = await this.records.firstOf(entry);
    if (change === undefined) return this.confirmed(entry, undefined, {});
    const { type } = change.partition;
    if (await this.waitsForMembers(change)) {
      await this.putOff(entry);
      return "stopped";
    }
    const ids = new ApplicationIds(this.parts.storage.state, sourceId);
    const former = mayBeKnown(change) ? await ids.of({ type, id: change.id }) : undefined;
    try {
      const password = await this.open(change);
      const call = deliver(directory, change, { source: sourceId, password, applicationId: former });
      const applicationId = await withDeadline(call, leaseMs, () => {
        throw new UnavailableError("The directory did not respond in time", { retryAfterMs: this.parts.retryMs });
      });
      return await this.confirmed(entry, change, { applicationId, former });
    } catch (error) {
      await this.failed(entry, error);
      return "stopped";
    }
  }

  /** A group is delivered after the users and groups that it gets as members, unless those cannot be delivered. */
  private async waitsForMembers({ added }: OutboxChange): Promise<boolean> {
    if (added.length === 0) return false;
    const keys = added.map(({ type, value }) => joinKey(type, value));
    for (const { value } of (await this.records.queues.getMany(keys)).values()) if (value.isDead !== true) return true;
    return false;
  }

  /** Confirms a delivery, again if a change was added meanwhile. */
  private async confirmed(...given: Parameters<OutboxDelivery["confirm"]>): Promise<QueueEntry | undefined> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.confirm(...given);
      } catch (error) {
        if (!isPreconditionFailed(error) || tries === MOST_CONFLICTS) throw error;
      }
    }
  }

  private async confirm(
    entry: QueueEntry,
    change: OutboxChange | undefined,
    { applicationId, former }: { readonly applicationId?: string | undefined; readonly former?: string | undefined },
  ): Promise<QueueEntry | undefined> {
    const { storage, sourceId, subscribers, now } = this.parts;
    return subscribers.together({ storage, tenant: sourceId }, async (tx) => {
      const rest = await new OutboxRecords(tx.state, sourceId).removeFirst(entry, now());
      if (change === undefined) return { result: rest, changes: [], record: undefined };
      await storeIds(new ApplicationIds(tx.state, sourceId), change, { applicationId, former });
      const changes = changesOf({ ...change, isObject: change.after !== undefined });
      return { result: rest, changes, record: undefined, ids: knownIds(change, applicationId ?? former) };
    });
  }

  private async failed(entry: QueueEntry, error: unknown): Promise<void> {
    const { retryMs, now } = this.parts;
    const { type, id } = entry.value;
    this.tellFailure(type, id, error);
    const reason = error instanceof Error ? error.message.slice(0, 500) : "unknown";
    await this.update(entry, (value) => {
      const rejections = value.rejections + (isRejection(error) ? 1 : 0);
      const waitMs = Math.min(LONGEST_RETRY_MS, retryMs * 2 ** Math.min(value.tries, 30));
      const failed = { ...value, tries: value.tries + 1, rejections, reason };
      if (rejections >= MOST_REJECTIONS) return { value: { ...failed, isDead: true }, dueAt: undefined };
      return { value: failed, dueAt: now() + waitMs };
    });
  }

  /** Puts off what waits in a queue; no try is counted. */
  private async putOff(entry: QueueEntry): Promise<void> {
    const { retryMs, now } = this.parts;
    await this.update(entry, (value) => ({ value, dueAt: now() + retryMs }));
  }

  /** Changes a queue that this process delivers from, though changes are added to it meanwhile. */
  private async update(
    entry: QueueEntry,
    change: (value: OutboxQueue) => { readonly value: OutboxQueue; readonly dueAt: number | undefined },
  ): Promise<void> {
    for (let tries = 0; tries < MOST_CONFLICTS; tries += 1) {
      const current = await this.records.current(entry);
      if (current === undefined) return;
      const { value, dueAt } = change(current.value);
      try {
        await this.records.queues.put(current.key, value, { expected: current.version, dueAt });
        return;
      } catch (error) {
        if (!isPreconditionFailed(error)) throw error;
      }
    }
  }

  private tellFailure(resourceType: string, id: string, error: unknown): void {
    const { sourceId: source, tell } = this.parts;
    tell(() => ({ type: "source.unsettled", source, tenant: source, resourceType, id, error }));
  }

  private async seal({ id, secrets, next }: Write): Promise<string | undefined> {
    const { sealer } = this.parts;
    const { password } = secrets;
    if (typeof password !== "string" || sealer === undefined) return undefined;
    return sealer.seal(new TextEncoder().encode(password), sealContext(id, next.version));
  }

  private async open({ id, next, sealed }: OutboxChange): Promise<string | undefined> {
    const { sealer } = this.parts;
    if (sealed === undefined || sealer === undefined) return undefined;
    return new TextDecoder().decode(await sealer.open(sealed, sealContext(id, next.version)));
  }
}

function sealContext(id: string, version: string): string {
  return `outbox password ${id} ${version}`;
}
