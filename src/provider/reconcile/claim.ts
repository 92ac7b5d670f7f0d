import { honestTime } from "../../storage/state/lease.ts";
import type { Link, SendIntent } from "../links/link.ts";

/** How long a create may be in progress, in milliseconds. No other process sends it again before that. */
export const CLAIM_MS = 60_000;

/**
 * Until when another process may be sending the create of a link, in milliseconds since 1970; undefined if none may. A
 * process that died cannot be distinguished from a slow one.
 */
export function claimedUntil(
  { intent }: Link,
  asked: { readonly process: string; readonly now: () => number },
): number | undefined {
  const claim = intent?.claim;
  if (claim === undefined || claim.by === asked.process) return undefined;
  const { until } = honestClaim(claim, asked.now());
  return until > asked.now() ? until : undefined;
}

/**
 * A claim that can be relied on: a claim of a clock that was ahead is cut to the longest possible time, and stored so.
 */
export function honestClaim(claim: NonNullable<SendIntent["claim"]>, now: number): NonNullable<SendIntent["claim"]> {
  return { ...claim, until: honestTime(claim.until, now, CLAIM_MS) };
}
