import { honestTime } from "../../storage/state/lease.ts";
import type { Link, SendIntent } from "../links/link.ts";

/** How long a request that creates may be on its way, in milliseconds. No other process sends it again before. */
export const CLAIM_MS = 60_000;

/**
 * Until when another process may be sending the create of a link, in milliseconds since 1970; undefined if none may. One
 * that died cannot be told from one that is slow.
 */
export function claimedUntil(
  { intent }: Link,
  asked: { readonly process: string; readonly now: () => number },
): number | undefined {
  const claim = intent?.claim;
  return claim !== undefined && claim.by !== asked.process && claim.until > asked.now() ? claim.until : undefined;
}

/** A claim as it may be relied on: one of a clock that was ahead is cut to what it can be, and stored so. */
export function honestClaim(claim: NonNullable<SendIntent["claim"]>, now: number): NonNullable<SendIntent["claim"]> {
  return { ...claim, until: honestTime(claim.until, now, CLAIM_MS) };
}
