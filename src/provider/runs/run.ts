import * as z from "zod/mini";
import { type Codec, jsonCodec } from "../../storage/state/codec.ts";
import type { Lease } from "../../storage/state/lease.ts";

const PHASES = ["users", "groups", "memberships", "sweep"] as const;

/** The parts of a run, in their order: objects before memberships, additions before removals. */
export type RunPhase = (typeof PHASES)[number];

const COUNTS: Readonly<Record<keyof RunCounts, z.ZodMiniNumber>> = {
  checked: z.number(),
  created: z.number(),
  adopted: z.number(),
  updated: z.number(),
  deactivated: z.number(),
  deleted: z.number(),
  kept: z.number(),
  unlinked: z.number(),
  failed: z.number(),
  membersAdded: z.number(),
  membersRemoved: z.number(),
  membersDeferred: z.number(),
  writes: z.number(),
};

/** What a run has done so far. Each object counts once. */
export interface RunCounts {
  /** Objects that were compared with what the application has, or with what was sent. */
  readonly checked: number;
  readonly created: number;
  readonly adopted: number;
  readonly updated: number;
  readonly deactivated: number;
  readonly deleted: number;
  readonly kept: number;
  readonly unlinked: number;
  readonly failed: number;
  readonly membersAdded: number;
  readonly membersRemoved: number;
  /** Members that wait for their own link. */
  readonly membersDeferred: number;
  /** Requests that can change something at the application: POST, PUT, PATCH, DELETE. */
  readonly writes: number;
}

/** An object that a run could not bring into its desired state. */
export interface RunFailure {
  readonly type: string;
  readonly id: string;
  readonly label: string;
  /** Stable, for programs: a code of the link table, or `mapping`, `scope`, `member`, `error`. */
  readonly code: string;
  readonly reason: string;
}

const STATES = ["running", "succeeded", "partly", "failed", "held", "stopped", "abandoned"] as const;

/** One execution of a sync. Times are ISO 8601 in UTC. */
export interface Run {
  /** Ids are in the order of time. */
  readonly id: string;
  readonly provider: string;
  readonly tenant: string;
  /**
   * `succeeded`: everything is as it should be, and the application responded. `partly`: some objects failed. `failed`:
   * nothing succeeded. `held`: there were more removals than the guard allows, so none was done. `stopped`: it could
   * not continue. `abandoned`: its process ended. `reason` says why.
   */
  readonly state: (typeof STATES)[number];
  readonly phase: RunPhase;
  readonly started: string;
  readonly finished?: string | undefined;
  readonly counts: RunCounts;
  /** The first hundred failures. */
  readonly failures: readonly RunFailure[];
  readonly reason?: string | undefined;
}

/** The progress of a run: all objects of a phase up to an id have been processed; in the sweep, up to a type and an id. */
export interface RunPosition {
  readonly phase: RunPhase;
  readonly after?: string | undefined;
}

/** A run as it is stored. */
export interface StoredRun extends Run {
  readonly lease: Lease;
  readonly position: RunPosition;
  /** The configuration of the run: another process continues the run only if its own is the same. */
  readonly configuration: string;
}

/** Reads and writes runs. */
export const runCodec: Codec<StoredRun> = jsonCodec<StoredRun>(
  z.object({
    id: z.string(),
    provider: z.string(),
    tenant: z.string(),
    state: z.enum(STATES),
    phase: z.enum(PHASES),
    started: z.string(),
    finished: z.optional(z.string()),
    counts: z.object(COUNTS),
    failures: z.array(
      z.object({ type: z.string(), id: z.string(), label: z.string(), code: z.string(), reason: z.string() }),
    ),
    reason: z.optional(z.string()),
    lease: z.object({ by: z.string(), until: z.number(), fence: z.number() }),
    position: z.object({ phase: z.enum(PHASES), after: z.optional(z.string()) }),
    configuration: z.string(),
  }),
);

/** Counts of a run that has done nothing yet. */
export const NO_COUNTS: RunCounts = Object.freeze(
  Object.fromEntries(Object.keys(COUNTS).map((name) => [name, 0])) as unknown as RunCounts,
);

/** The sum of two counts. */
export function addCounts(left: RunCounts, right: Partial<RunCounts>): RunCounts {
  const sum: Record<keyof RunCounts, number> = { ...left };
  for (const [name, value] of Object.entries(right)) sum[name as keyof RunCounts] += value;
  return sum;
}
