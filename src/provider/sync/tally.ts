import type { Outcome } from "../reconcile/reconcile.ts";
import { addCounts, NO_COUNTS, type RunCounts, type RunFailure } from "../runs/run.ts";
import type { ListedObject } from "../runs/run-repository.ts";

/** The most failures that a run stores. */
const MOST_FAILURES = 100;

/** The result of a part of a run. */
export interface Tally {
  readonly counts: RunCounts;
  readonly failures: readonly RunFailure[];
  /** Objects that the run processes again. */
  readonly listed: readonly ListedObject[];
  /** Creates that another process may be sending, and until when, in milliseconds since 1970. */
  readonly claimed: readonly { readonly id: string; readonly until: number }[];
}

/** Nothing yet. */
export const NO_TALLY: Tally = Object.freeze({ counts: NO_COUNTS, failures: [], listed: [], claimed: [] });

/** The sum of several parts of a run. */
export function sumOf(...parts: readonly (Partial<Tally> | undefined)[]): Tally {
  let counts = NO_COUNTS;
  for (const part of parts) if (part?.counts !== undefined) counts = addCounts(counts, part.counts);
  return {
    counts,
    failures: parts.flatMap((part) => part?.failures ?? []).slice(0, MOST_FAILURES),
    listed: parts.flatMap((part) => part?.listed ?? []),
    claimed: parts.flatMap((part) => part?.claimed ?? []),
  };
}

/** A tally of counts alone. */
export function counted(counts: Partial<RunCounts>): Tally {
  return { ...NO_TALLY, counts: addCounts(NO_COUNTS, counts) };
}

/** A tally of one failure. */
export function failureOf(failure: RunFailure): Tally {
  return { ...counted({ failed: 1 }), failures: [failure] };
}

/** A tally without failures that are already known: a run that was taken over finds them again. */
export function unlessKnown(tally: Tally, known: readonly RunFailure[]): Tally {
  const keyOf = ({ type, id, code, reason }: RunFailure): string => JSON.stringify([type, id, code, reason]);
  const keys = new Set(known.map(keyOf));
  const failures = tally.failures.filter((failure) => !keys.has(keyOf(failure)));
  const counts = addCounts(tally.counts, { failed: failures.length - tally.failures.length });
  return { ...tally, counts, failures };
}

/** How an outcome is counted. */
export interface OutcomeFacts {
  /** The resource type's name. */
  readonly type: string;
  /** Whether the object counts as checked: false if it was counted before in the same run. */
  readonly isFirst: boolean;
  /** Until when another process may be sending its create; set only where the run waits for that. */
  readonly claimedUntil: number | undefined;
}

/** Whether the run processes an object again: what it waits for may appear in the same run. */
export function comesBack({ isWaiting, did, code }: Outcome): boolean {
  return isWaiting && (did !== "failed" || code === "valueTaken");
}

/** The result of syncing one object, as a tally. */
export function tallyOf(outcome: Outcome, { type, isFirst, claimedUntil }: OutcomeFacts): Tally {
  const { id, label, did, writes, code = "error", reason = "it failed" } = outcome;
  if (claimedUntil !== undefined) return { ...counted({ writes }), claimed: [{ id, until: claimedUntil }] };
  const done = counted({
    checked: isFirst ? 1 : 0,
    writes,
    ...(did === "nothing" || did === "failed" ? {} : { [did]: 1 }),
  });
  const isListed = isFirst && comesBack(outcome);
  const failure = did === "failed" && !isListed ? failureOf({ type, id, label, code, reason }) : undefined;
  return sumOf(done, failure, { listed: isListed ? [{ list: "later", type, id }] : [] });
}
