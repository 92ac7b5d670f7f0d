import * as z from "zod/mini";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { honestTime } from "../../storage/state/lease.ts";
import {
  dueEntries,
  type Entry,
  type OwnedEntry,
  type RecordKind,
  type Repository,
  repository,
} from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";

/** A mark holds nothing but its key and when it is due. Its version is its generation. */
export type Mark = Entry<object>;

/** How many marks the first query reads, and the factor by which each further query grows. */
const PAGE = 1000;
const GROWTH = 4;
/** The last time that a `Date` can hold. */
const END_OF_TIME = 8_640_000_000_000_000;

const MARKS: RecordKind<object> = { collection: "marks", codec: jsonCodec(z.object({})) };

/**
 * The objects that one provider must sync because they changed. A mark is written in the transaction of the change. It
 * is removed only if it was not written again since, so that no change is lost, whatever happens to the queue.
 */
export class DirtyMarks {
  private readonly marks: Repository<object>;

  /** `owner`: the provider's immutable id. Pass `tx.state` to write in a transaction. */
  constructor(state: StateStorage, owner: string) {
    this.marks = repository(state, MARKS, owner);
  }

  /** Marks an object, also if it is marked already. */
  async mark(key: string, dueAt: number): Promise<void> {
    await this.marks.put(key, {}, { expected: undefined, dueAt });
  }

  /** The current mark of an object. */
  get(key: string): Promise<Mark | undefined> {
    return this.marks.get(key);
  }

  /** Removes a mark if it is still the one that was read. */
  async clear(mark: Mark): Promise<void> {
    await this.marks.delete(mark.key, mark.version);
  }

  /** Changes the due time of a mark if it is still the one that was read. Returns the mark as it is then. */
  async postpone(mark: Mark, dueAt: number): Promise<Mark | undefined> {
    try {
      return await this.marks.put(mark.key, mark.value, { expected: mark.version, dueAt });
    } catch (error) {
      // Somebody else has marked or postponed it.
      if (isPreconditionFailed(error)) return undefined;
      throw error;
    }
  }
}

/** Which marks to look for. */
export interface MarkQuery {
  /** Whether this process has the owner; marks of other owners are left to their processes. */
  readonly isHeld: (owner: string) => boolean;
  /** Marks that are due at this time. */
  readonly before: number;
  /** How many marks are enough. */
  readonly enough: number;
}

/** Marks of the providers of this process, for all of them in one query, earliest first. */
export async function dueMarks(state: StateStorage, query: MarkQuery): Promise<OwnedEntry<object>[]> {
  const { isHeld, before, enough } = query;
  // Marks of other processes may come before our own, so the query grows until it has read them.
  for (let take = PAGE; ; take *= GROWTH) {
    // A mark that cannot be read is left to the version that wrote it.
    const { entries, isAll } = await dueEntries(state, MARKS, { before, take });
    const held = entries.filter(({ owner }) => isHeld(owner));
    if (isAll || held.length >= enough) return held;
  }
}

/**
 * Makes marks due in `longestMs` if they are due later than twice that: they were written by a clock that was ahead, and
 * would wait until the other clocks reach that time. An earlier mark is left as it is, since an object that is synced
 * now has one that is due in `longestMs` after `now`, or after the `now` of another process.
 */
export async function bringMarksForward(
  state: StateStorage,
  isHeld: (owner: string) => boolean,
  { now, longestMs }: { readonly now: number; readonly longestMs: number },
): Promise<void> {
  for (const mark of await dueMarks(state, { isHeld, before: END_OF_TIME, enough: Number.POSITIVE_INFINITY })) {
    const { dueAt = now } = mark;
    if (honestTime(dueAt, now, 2 * longestMs) === dueAt) continue;
    await new DirtyMarks(state, mark.owner).postpone(mark, now + longestMs);
  }
}
