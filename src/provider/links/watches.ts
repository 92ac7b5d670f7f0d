import * as z from "zod/mini";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type Entry, type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import { isDue } from "../../timing/due.ts";
import type { MatchKey } from "./link.ts";
import type { LinkKey } from "./link-repository.ts";

/** After how long a watch ends, in milliseconds: 30 days. */
export const WATCH_MS: number = 30 * 86_400_000;
/** How long after its beginning a watch is first looked up, in milliseconds. Each further interval is twice as long. */
const FIRST_GAP_MS = 60_000;

/**
 * A resource that may still appear at the application: the result of a create of unknown outcome that was never found,
 * or a resource whose 404 proved nothing. If it is found and is ours, it is deprovisioned like any object that left.
 */
export interface Watch {
  readonly type: string;
  /** The directory object's id. */
  readonly id: string;
  readonly keys: readonly MatchKey[];
  /** Why it is watched, for people. */
  readonly cause: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

const WATCHES: RecordKind<Watch> = {
  collection: "link-watches",
  codec: jsonCodec<Watch>(
    z.object({
      type: z.string(),
      id: z.string(),
      keys: z.array(z.object({ attribute: z.string(), value: z.string() })),
      cause: z.string(),
      label: z.string(),
      since: z.number(),
    }),
  ),
};

/** The watches of one provider. */
export class WatchRepository {
  private readonly watches: Repository<Watch>;

  /** `owner`: the provider's immutable id. */
  constructor(state: StateStorage, owner: string) {
    this.watches = repository(state, WATCHES, owner);
  }

  /** Begins a watch. If there is one of the same object, it continues from its beginning. */
  async begin(watch: Watch): Promise<void> {
    const key = keyOf(watch);
    const known = await this.watches.get(key);
    if (known === undefined) await this.watches.put(key, watch, { expected: null, dueAt: watch.since + FIRST_GAP_MS });
    else
      await this.watches.put(
        key,
        { ...watch, since: known.value.since },
        { expected: known.version, dueAt: known.dueAt },
      );
  }

  /** Ends the watch of an object, if there is one. */
  async end(key: LinkKey): Promise<void> {
    await this.watches.delete(keyOf(key));
  }

  /** Watches that are due. If a clock that was ahead wrote the time of a watch, the watch is due at once. */
  async *due(now: number): AsyncGenerator<Entry<Watch>> {
    for await (const entry of this.watches.each()) {
      const { dueAt = 0, value } = entry;
      if (isDue(dueAt, now, gapOf(value, now))) yield entry;
    }
  }

  /** Postpones a watch that found nothing: the intervals grow with its age. Another process may already have done so. */
  async putOff(entry: Entry<Watch>, now: number): Promise<void> {
    const { value, version } = entry;
    try {
      await this.watches.put(keyOf(value), value, { expected: version, dueAt: now + gapOf(value, now) });
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
    }
  }
}

function gapOf({ since }: Watch, now: number): number {
  return Math.max(FIRST_GAP_MS, now - since);
}

function keyOf({ type, id }: LinkKey): string {
  return joinKey(type, id);
}
