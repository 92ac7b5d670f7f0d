import { NotFoundError } from "../../errors/request-errors.ts";
import type { Storage } from "../../storage/storage.ts";
import type { DeliveryParts } from "./delivery-parts.ts";
import { OutboxRecords, type QueueEntry } from "./outbox-records.ts";

/** What waits in the outbox for one user or group. */
export interface PendingDelivery {
  /** For `replay` and `discard`. */
  readonly id: string;
  readonly resourceType: string;
  /** The SCIM id. */
  readonly resourceId: string;
  /** `dead`: the directory has rejected the first change five times. Nothing more is delivered before `replay` or `discard`. */
  readonly state: "waiting" | "dead";
  /** How many changes wait. */
  readonly changes: number;
  /** How often the first one was tried. */
  readonly tries: number;
  /** Why it failed the last time. It can contain the name of a user or group. */
  readonly reason: string | undefined;
  /** When the first change was made, ISO 8601. */
  readonly since: string;
  /** When it is tried again, ISO 8601; undefined for a dead one. */
  readonly nextTry: string | undefined;
}

/** The outbox of a source. */
export interface SourceDeliveries {
  /** What waits, by resource type and id. With `state`, only those. */
  list(query?: { readonly state?: PendingDelivery["state"] }): AsyncIterable<PendingDelivery>;
  /** Tries a delivery again now, also a dead one. @throws {NotFoundError} when nothing waits under this id */
  replay(id: string): Promise<void>;
  /**
   * Drops the first change of a delivery, and goes on with the next one. The directory then lacks it until the object
   * changes again. @throws {NotFoundError} when nothing waits under this id
   */
  discard(id: string): Promise<void>;
}

/** What waits in the outbox of one source, for its operators. */
export class PendingDeliveries {
  private readonly storage: Storage;
  private readonly sourceId: string;
  private readonly now: () => number;
  private readonly ids: DeliveryParts["ids"];

  constructor({ storage, sourceId, now, ids }: Pick<DeliveryParts, "storage" | "sourceId" | "now" | "ids">) {
    this.storage = storage;
    this.sourceId = sourceId;
    this.now = now;
    this.ids = ids;
  }

  async *list(state?: PendingDelivery["state"]): AsyncGenerator<PendingDelivery, void, undefined> {
    const { queues } = new OutboxRecords(this.storage.state, this.sourceId);
    for await (const entry of queues.each()) {
      const pending = pendingOf(entry);
      if (pending.changes === 0) continue;
      if (state === undefined || pending.state === state) yield pending;
    }
  }

  /** How many changes wait, at most about `atMost`, and since when the oldest of them waits, ISO 8601. */
  async waiting(atMost: number): Promise<{ readonly count: number; readonly oldest: string | undefined }> {
    let count = 0;
    let oldest: string | undefined;
    for await (const { changes, since } of this.list()) {
      count += changes;
      if (oldest === undefined || since < oldest) oldest = since;
      if (count >= atMost) break;
    }
    return { count, oldest };
  }

  replay(id: string): Promise<void> {
    return this.within(async (records) => {
      const { key, value, version, dueAt } = await this.require(records, id);
      const again = { ...value, tries: 0, rejections: 0, isDead: undefined };
      const isHeld = value.by !== undefined;
      await records.queues.put(key, again, { expected: version, dueAt: isHeld ? dueAt : this.now() });
    });
  }

  discard(id: string): Promise<void> {
    return this.within(async (records, tx) => {
      const entry = await this.require(records, id);
      const { type, awaited } = entry.value;
      const change = await records.firstOf(entry);
      const isDelete = change?.action === "delete";
      const isNew = entry.value.isNew && !isDelete;
      // A process that delivers it at the moment is not the holder any more.
      await records.removeFirst(entry, { isNew, awaited, by: undefined, dueAt: this.now() });
      const ids = this.ids(tx.state);
      const own = isDelete ? await ids.of({ type, id: entry.value.id }) : undefined;
      if (own !== undefined) await ids.remove({ type, id: entry.value.id }, own);
    });
  }

  private async require(records: OutboxRecords, id: string): Promise<QueueEntry> {
    const entry = await records.queues.get(id);
    if (entry === undefined || entry.value.first === entry.value.next)
      throw new NotFoundError("No delivery waits under this id");
    return entry;
  }

  private within(work: (records: OutboxRecords, tx: Storage) => Promise<void>): Promise<void> {
    const { storage, sourceId } = this;
    return storage.transaction((tx) => work(new OutboxRecords(tx.state, sourceId), tx), { tenant: sourceId });
  }
}

function pendingOf({ key, value, dueAt }: QueueEntry): PendingDelivery {
  const { type, id, first, next, tries, reason, since, isDead = false } = value;
  return {
    ...{ id: key, resourceType: type, resourceId: id, changes: next - first, tries, reason, since },
    state: isDead ? "dead" : "waiting",
    nextTry: isDead || dueAt === undefined ? undefined : new Date(dueAt).toISOString(),
  };
}
