import * as z from "zod/mini";
import { UnavailableError } from "../../errors/request-errors.ts";
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
import type { StateStorage } from "../../storage/state-storage.ts";
import { type DeliveredChange, deliveredChangeShape } from "./delivered-change.ts";

/** How many queues are read by key at a time. */
const MOST_KEYS = 500;

/** What waits for one user or group, in the order in which it was written. */
export interface OutboxQueue {
  readonly type: string;
  readonly id: string;
  /** The number of the first change that waits, and the number that the next change gets. Equal if none waits. */
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
  /** Whether the directory does not have the object yet. */
  readonly isNew: boolean;
  /** How often a membership was left out of a change of a group, since the directory does not have the object yet. */
  readonly awaited: number;
  /** Who delivers from it until it is due. */
  readonly by?: string | undefined;
}

/** A queue as it is stored. */
export type QueueEntry = Entry<OutboxQueue>;

const CHANGES: RecordKind<DeliveredChange> = {
  collection: "outbox",
  codec: jsonCodec<DeliveredChange>(z.strictObject(deliveredChangeShape)),
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
      isNew: z.boolean(),
      awaited: z.number(),
      by: z.optional(z.string()),
    }),
  ),
};

/** Who delivers from a queue. */
export interface QueueHolder {
  readonly key: string;
  readonly by: string;
}

/** The outbox of one source. Made over `tx.state`, it works inside a transaction. */
export class OutboxRecords {
  private readonly changes: Repository<DeliveredChange>;
  readonly queues: Repository<OutboxQueue>;

  constructor(state: StateStorage, sourceId: string) {
    this.changes = repository(state, CHANGES, sourceId);
    this.queues = repository(state, QUEUES, sourceId);
  }

  /** Adds a change at the end of its object's queue; what waits already keeps its time. */
  async add(change: DeliveredChange, now: number): Promise<void> {
    const { id, partition } = change;
    const { type } = partition;
    const key = queueKey(type, id);
    const present = await this.queues.get(key);
    const since = new Date(now).toISOString();
    const isIdle = present === undefined || present.value.first === present.value.next;
    const begin = { type, id, first: 0, next: 0, tries: 0, rejections: 0, since, isNew: false, awaited: 0 };
    const queue = present?.value ?? begin;
    await this.changes.put(changeKey(key, queue.next), change, { expected: null });
    const isNew = queue.isNew || change.action === "create";
    const value = { ...queue, next: queue.next + 1, isNew, since: isIdle ? since : queue.since };
    const dueAt = isIdle ? now : present?.dueAt;
    await this.queues.put(key, value, { expected: present?.version ?? null, dueAt });
  }

  /** The first change that waits in a queue. */
  async firstOf({ key, value }: QueueEntry): Promise<DeliveredChange | undefined> {
    return (await this.changes.get(changeKey(key, value.first)))?.value;
  }

  /** The queues with these keys that exist, by key. */
  async queuesOf(keys: readonly string[]): Promise<Map<string, QueueEntry>> {
    const found = new Map<string, QueueEntry>();
    for (let begin = 0; begin < keys.length; begin += MOST_KEYS) {
      for (const [key, entry] of await this.queues.getMany(keys.slice(begin, begin + MOST_KEYS))) found.set(key, entry);
    }
    return found;
  }

  /** The queue of a holder. @throws {UnavailableError} if somebody else delivers from it now */
  async held({ key, by }: QueueHolder): Promise<QueueEntry> {
    const entry = await this.queues.get(key);
    if (entry?.value.by !== by) throw new UnavailableError("The delivery took too long and is finished elsewhere");
    return entry;
  }

  /** Removes the first change of a queue. Returns the queue; undefined if nothing waits any more. */
  async removeFirst(
    { key, value, version }: QueueEntry,
    then: Pick<OutboxQueue, "isNew" | "awaited" | "by"> & { readonly dueAt: number },
  ): Promise<QueueEntry | undefined> {
    await this.changes.delete(changeKey(key, value.first));
    const { dueAt, ...kept } = then;
    const first = value.first + 1;
    const { type, id, next } = value;
    const rest = { type, id, first, next, tries: 0, rejections: 0, since: value.since, ...kept };
    if (first < next) {
      const since = (await this.changes.get(changeKey(key, first)))?.value.next.lastModified ?? value.since;
      return this.queues.put(key, { ...rest, since }, { expected: version, dueAt });
    }
    // A queue without changes remembers only that the directory does not have the object.
    if (kept.isNew) await this.queues.put(key, { ...rest, by: undefined }, { expected: version });
    else await this.queues.delete(key, version);
    return undefined;
  }
}

/** The key of the queue of an object. */
export function queueKey(type: string, id: string): string {
  return joinKey(type, id);
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
