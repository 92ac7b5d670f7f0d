import * as z from "zod/mini";
import { PreconditionFailedError } from "../../errors/request-errors.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import {
  type DueEntries,
  dueEntries,
  type Entry,
  type RecordKind,
  type Repository,
  repository,
} from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/storage.ts";
import { type DeliveredChange, deliveredChangeShape } from "./delivered-change.ts";

/** A change that waits in the outbox. */
export interface OutboxChange extends DeliveredChange {
  /** The new password, encrypted; only with `passwords: "deliver"`. */
  readonly sealed?: string | undefined;
}

/** What waits for one user or group, in the order in which it was written. */
export interface OutboxQueue {
  readonly type: string;
  readonly id: string;
  /** The number of the first change that waits, and the number that the next change gets. */
  readonly first: number;
  readonly next: number;
  /** How often the first change was tried. */
  readonly tries: number;
  /** How often the directory rejected it. */
  readonly rejections: number;
  /** Why it failed the last time. It can contain the name of a user or group. */
  readonly reason?: string | undefined;
  /** When the first change was written, ISO 8601. */
  readonly since: string;
  /** Set when the directory rejected the first change too often. Nothing more is delivered then. */
  readonly isDead?: boolean | undefined;
}

export type QueueEntry = Entry<OutboxQueue>;

const CHANGES: RecordKind<OutboxChange> = {
  collection: "outbox",
  codec: jsonCodec<OutboxChange>(z.strictObject({ ...deliveredChangeShape, sealed: z.optional(z.string()) })),
};

const QUEUES: RecordKind<OutboxQueue> = {
  collection: "outbox-queues",
  codec: jsonCodec<OutboxQueue>(
    z.strictObject({
      type: z.string(),
      id: z.string(),
      first: z.number(),
      next: z.number(),
      tries: z.number(),
      rejections: z.number(),
      reason: z.optional(z.string()),
      since: z.string(),
      isDead: z.optional(z.boolean()),
    }),
  ),
};

/** The outbox of one source. Made over `tx.state`, it works inside a transaction. */
export class OutboxRecords {
  private readonly changes: Repository<OutboxChange>;
  readonly queues: Repository<OutboxQueue>;

  constructor(state: StateStorage, sourceId: string) {
    this.changes = repository(state, CHANGES, sourceId);
    this.queues = repository(state, QUEUES, sourceId);
  }

  /** Adds a change at the end of its object's queue; one that waits already is tried when it was to be. */
  async add(change: OutboxChange, now: number): Promise<void> {
    const { id, partition } = change;
    const { type } = partition;
    const key = joinKey(type, id);
    const present = await this.queues.get(key);
    const since = new Date(now).toISOString();
    const queue = present?.value ?? { type, id, first: 0, next: 0, tries: 0, rejections: 0, since };
    await this.changes.put(changeKey(key, queue.next), change, { expected: null });
    const dueAt = present === undefined ? now : present.dueAt;
    await this.queues.put(key, { ...queue, next: queue.next + 1 }, { expected: present?.version ?? null, dueAt });
  }

  /** The first change that waits in a queue. */
  async firstOf({ key, value }: QueueEntry): Promise<OutboxChange | undefined> {
    return (await this.changes.get(changeKey(key, value.first)))?.value;
  }

  /**
   * Removes the first change of a queue that this process delivers from. The rest is due now. Returns the queue; undefined
   * if nothing waits any more.
   *
   * @throws {PreconditionFailedError} when a change was added meanwhile
   */
  async removeFirst(entry: QueueEntry, now: number): Promise<QueueEntry | undefined> {
    const current = await this.current(entry);
    if (current === undefined) return undefined;
    const { key, value, version } = current;
    await this.changes.delete(changeKey(key, value.first));
    const first = value.first + 1;
    if (first === value.next) {
      if (!(await this.queues.delete(key, version))) throw new PreconditionFailedError();
      return undefined;
    }
    const since = (await this.changes.get(changeKey(key, first)))?.value.next.lastModified ?? value.since;
    const { type, id, next } = value;
    const rest = { type, id, first, next, tries: 0, rejections: 0, since };
    return this.queues.put(key, rest, { expected: version, dueAt: now });
  }

  /** The queue as it is now: changes may have been added. Undefined if another process has delivered from it. */
  async current({ key, value }: QueueEntry): Promise<QueueEntry | undefined> {
    const current = await this.queues.get(key);
    return current?.value.first === value.first ? current : undefined;
  }
}

/** The queues that are due, of all sources. */
export function dueQueues(
  state: StateStorage,
  query: { readonly before: number; readonly take: number },
): Promise<DueEntries<OutboxQueue>> {
  return dueEntries(state, QUEUES, query);
}

function changeKey(queue: string, number: number): string {
  return `${queue}/${String(number).padStart(12, "0")}`;
}
