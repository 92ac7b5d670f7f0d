/**
 * Who may work on something, and until when. A lease that has run out may be taken by anybody; taking it raises the fence.
 * The record that carries it is written with compare-and-swap, so that what a lost lease writes is refused.
 */
export interface Lease {
  /** Tells holders apart: one id a process. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Grows whenever the lease changes hands. */
  readonly fence: number;
}

/**
 * A stored time as it may be relied on: no further ahead than `longestMs`, the longest that is ever stored honestly. A time
 * that is further ahead was written by a clock that was ahead; whoever meets it stores this one in its place, so that it
 * locks nothing for longer. Milliseconds since 1970.
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
