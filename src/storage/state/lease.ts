/**
 * Who may work on something, and until when. Anybody may take an expired lease, which increases the fence. The record
 * with the lease is written by compare-and-swap, so that a holder that lost the lease cannot write.
 */
export interface Lease {
  /** Identifies the holder: one id for each process. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Grows whenever the lease changes hands. */
  readonly fence: number;
}

/**
 * A stored time, limited to `longestMs` from now, the longest time that is ever stored. A later time was written by a
 * clock that was ahead: store this time instead, so that it locks nothing for longer. Milliseconds since 1970.
 */
export function honestTime(stored: number, now: number, longestMs: number): number {
  return Math.min(stored, now + longestMs);
}

/** Whether somebody else holds a lease now. Store the `honestTime` of `until` first. */
export function isHeldByOther(lease: Lease | undefined, asked: { readonly by: string; readonly now: number }): boolean {
  return lease !== undefined && lease.by !== asked.by && lease.until > asked.now;
}

/** The lease for a holder that takes it, or renews the one it has. */
export function takenLease(
  lease: Lease | undefined,
  taken: { readonly by: string; readonly now: number; readonly ms: number },
): Lease {
  const isRenewal = lease?.by === taken.by;
  return { by: taken.by, until: taken.now + taken.ms, fence: (lease?.fence ?? 0) + (isRenewal ? 0 : 1) };
}
