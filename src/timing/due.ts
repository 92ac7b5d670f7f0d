/**
 * Whether something is due that was planned for the time `at`, at most `longestMs` ahead. A later time was written by a
 * clock that was ahead: it is due now, and not when the clock reaches that time again. Milliseconds since 1970.
 */
export function isDue(at: number, now: number, longestMs: number): boolean {
  return at <= now || at > now + longestMs;
}
