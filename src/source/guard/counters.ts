import * as z from "zod/mini";
import { UnavailableError } from "../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { GuardLimits } from "./guard-options.ts";

/** What is counted. */
export type Destruction = "deactivations" | "removals" | "members";

const KINDS: readonly Destruction[] = ["deactivations", "removals", "members"];
/** How often a counter is read again that others change too. */
const ATTEMPTS = 20;

/** The objects that were counted in the window, and when. */
interface Counter {
  /** Short digests of the objects, with the times in milliseconds since 1970. */
  readonly counted: Readonly<Record<string, number>>;
  /** Until when everything is accepted, in milliseconds since 1970. */
  readonly releasedUntil?: number | undefined;
  /** When a change was last held, ISO 8601. */
  readonly heldAt?: string | undefined;
}

const COUNTERS: RecordKind<Counter> = {
  collection: "source-guard",
  codec: jsonCodec<Counter>(
    z.strictObject({
      counted: z.record(z.string(), z.number()),
      releasedUntil: z.optional(z.number()),
      heldAt: z.optional(z.string()),
    }),
  ),
};

/** How much of a limit is used. */
export interface GuardUse {
  readonly used: number;
  readonly limit: number;
  /** When a change was last held, ISO 8601; undefined if none was. */
  readonly heldAt: string | undefined;
  /** Until when everything is accepted, ISO 8601. */
  readonly releasedUntil: string | undefined;
}

/** What counters need. */
export interface CountersContext {
  readonly state: StateStorage;
  readonly sourceId: () => Promise<string>;
  readonly limits: Required<GuardLimits>;
  readonly now: () => number;
}

/** The counters of the destructive changes of a source. They are stored, so that all processes share them. */
export class Counters {
  private readonly context: CountersContext;

  constructor(context: CountersContext) {
    this.context = context;
  }

  /**
   * Counts objects, each once in the window, unless that would exceed the limit: then nothing is counted, and the number
   * that there would be is returned.
   */
  async count(kind: Destruction, objects: readonly string[]): Promise<number | undefined> {
    const { limits, now } = this.context;
    const records = await this.records();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const entry = await records.get(kind);
      const time = now();
      if ((entry?.value.releasedUntil ?? 0) > time) return undefined;
      const counted = this.within(entry?.value.counted ?? {}, time);
      const added = objects.map(digest).filter((object) => counted[object] === undefined);
      if (added.length === 0) return undefined;
      const used = Object.keys(counted).length + new Set(added).size;
      const isHeld = used > limits[kind];
      const next: Counter = isHeld
        ? { ...entry?.value, counted, heldAt: new Date(time).toISOString() }
        : { ...entry?.value, counted: { ...counted, ...Object.fromEntries(added.map((object) => [object, time])) } };
      try {
        await records.put(kind, next, { expected: entry?.version ?? null });
        return isHeld ? used : undefined;
      } catch (error) {
        if (!isPreconditionFailed(error)) throw error;
      }
    }
    throw new UnavailableError("Too many changes are being counted at once");
  }

  async status(): Promise<Record<Destruction, GuardUse>> {
    const { limits, now } = this.context;
    const found = await (await this.records()).getMany(KINDS);
    const useOf = (kind: Destruction): GuardUse => {
      const { counted = {}, heldAt, releasedUntil = 0 } = found.get(kind)?.value ?? {};
      const isReleased = releasedUntil > now();
      return {
        used: Object.keys(this.within(counted, now())).length,
        limit: limits[kind],
        heldAt,
        releasedUntil: isReleased ? new Date(releasedUntil).toISOString() : undefined,
      };
    };
    return { deactivations: useOf("deactivations"), removals: useOf("removals"), members: useOf("members") };
  }

  /** Accepts everything until a time, and then counts from zero. */
  async release(until: number): Promise<void> {
    const records = await this.records();
    for (const kind of KINDS) await records.put(kind, { counted: {}, releasedUntil: until }, { expected: undefined });
  }

  private async records(): Promise<Repository<Counter>> {
    return repository(this.context.state, COUNTERS, await this.context.sourceId());
  }

  /** Those that were counted in the window. A time in the future was written by a clock that was ahead. */
  private within(counted: Counter["counted"], now: number): Record<string, number> {
    const { windowMs } = this.context.limits;
    return Object.fromEntries(Object.entries(counted).filter(([, at]) => at > now - windowMs && at <= now + windowMs));
  }
}

/** Eleven characters for a text (FNV-1a with 64 bits): the record stays small, and two objects hardly ever share one. */
function digest(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(36);
}
