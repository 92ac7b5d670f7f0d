import * as z from "zod/mini";
import { UnavailableError } from "../../errors/request-errors.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import {
  dueEntries,
  type Entry,
  type RecordInvalidError,
  type RecordKind,
  type Repository,
  repository,
} from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { Partition, UniqueValue } from "../../storage/stored-resource.ts";
import { type DeliveredChange, deliveredChangeShape } from "./delivered-change.ts";

/** How many due intents are read at first; twice as many each time if most belong to sources of other processes. */
const DUE_BATCH = 50;
/** Later than any clock: intents whose time was written by a clock that was ahead are read too. */
const ANY_TIME = Number.MAX_SAFE_INTEGER;

/**
 * A change that is about to be delivered to a directory: stored before the directory is called, and removed in the
 * transaction that writes the resource. As long as it is stored, its keys are reserved.
 */
export interface Intent extends DeliveredChange {
  /** Whether the change is stored already, and only sessions are still to be ended. */
  readonly isSweep?: boolean | undefined;
  /** What it reserves. The intent is stored under the first key; the others refer to that key. */
  readonly keys: readonly [string, ...string[]];
}

/** A key that is reserved by an intent stored under another one. */
interface Reservation {
  readonly reservedBy: string;
}

const intent: z.ZodMiniType<Intent> = z.strictObject({
  ...deliveredChangeShape,
  isSweep: z.optional(z.boolean()),
  keys: z.custom<Intent["keys"]>(
    (value) => Array.isArray(value) && value.length > 0 && value.every((key) => typeof key === "string"),
  ),
});

const INTENTS: RecordKind<Intent | Reservation> = {
  collection: "intents",
  codec: jsonCodec<Intent | Reservation>(z.union([z.strictObject({ reservedBy: z.string() }), intent])),
};

/** An intent as it is stored. */
export type IntentEntry = Entry<Intent>;

/** The intents of one source. Made over `tx.state`, it works inside a transaction. */
export class IntentRepository {
  private readonly records: Repository<Intent | Reservation>;

  constructor(state: StateStorage, sourceId: string) {
    this.records = repository(state, INTENTS, sourceId);
  }

  /** Stores an intent and reserves its keys. @throws {PreconditionFailedError} when one of them is reserved already */
  async reserve(value: Intent, dueAt: number): Promise<IntentEntry> {
    const [key, ...others] = value.keys;
    const entry = await this.records.put(key, value, { expected: null, dueAt });
    for (const other of others) await this.records.put(other, { reservedBy: key }, { expected: null });
    return { ...entry, value };
  }

  /** Claims an intent until `dueAt`. @throws {PreconditionFailedError} when another process changed it */
  async claim({ key, value, version }: IntentEntry, dueAt: number): Promise<IntentEntry> {
    return { ...(await this.records.put(key, value, { expected: version, dueAt })), value };
  }

  /** Removes an intent and what it reserves. @throws {UnavailableError} when another process claimed it meanwhile */
  async remove({ key, value, version }: IntentEntry): Promise<void> {
    if (!(await this.records.delete(key, version))) {
      throw new UnavailableError("The change took too long and is being finished elsewhere");
    }
    for (const other of value.keys.slice(1)) await this.records.delete(other);
  }

  /** How many intents there are, at most `atMost`, and since when the oldest of them waits, ISO 8601. */
  async waiting(atMost: number): Promise<{ readonly count: number; readonly oldest: string | undefined }> {
    const entries = (await this.records.scan({ take: atMost })).flatMap(intentIn);
    const times = entries.map(({ value }) => value.next.lastModified).sort();
    return { count: entries.length, oldest: times[0] };
  }

  /** The intents that reserve any of these keys. */
  async holding(keys: readonly string[]): Promise<IntentEntry[]> {
    const found = await this.records.getMany(keys);
    const elsewhere = [...found.values()].flatMap(({ value }) => ("reservedBy" in value ? value.reservedBy : []));
    const owners = await this.records.getMany([...new Set(elsewhere)].filter((key) => !found.has(key)));
    return [...found.values(), ...owners.values()].flatMap(intentIn);
  }
}

/** Intents of several sources, and records that are not intents of this version. */
export interface StoredIntents {
  readonly entries: readonly (IntentEntry & { readonly owner: string })[];
  readonly invalid: readonly RecordInvalidError[];
}

/**
 * Intents that are due, or whose due time lies ahead, of the sources that `isHeld` knows: earliest first. Those of other
 * sources belong to other processes.
 */
export async function storedIntents(
  state: StateStorage,
  isHeld: (sourceId: string) => boolean,
): Promise<StoredIntents> {
  for (let take = DUE_BATCH; ; take *= 2) {
    const { entries, invalid, isAll } = await dueEntries(state, INTENTS, { before: ANY_TIME, take });
    const held = entries.filter(({ owner }) => isHeld(owner));
    if (held.length < DUE_BATCH && !isAll) continue;
    return {
      entries: held.flatMap((entry) => intentIn(entry).map((found) => ({ ...found, owner: entry.owner }))),
      invalid,
    };
  }
}

function intentIn(entry: Entry<Intent | Reservation>): IntentEntry[] {
  return "reservedBy" in entry.value ? [] : [{ ...entry, value: entry.value }];
}

/** The key of a resource. */
export function resourceKey({ type }: Partition, id: string): string {
  return joinKey("resource", type, id);
}

/** The key of a unique value. */
export function uniqueKey({ type }: Partition, { attribute, key }: UniqueValue): string {
  return joinKey("unique", type, attribute, key);
}
