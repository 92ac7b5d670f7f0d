import { honestTime } from "../../storage/state/lease.ts";
import type { Link } from "../links/link.ts";

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
  if (claim === undefined || claim.by === asked.process) return undefined;
  const now = asked.now();
  const until = honestTime(claim.until, now, CLAIM_MS);
  return until > now ? until : undefined;
}
