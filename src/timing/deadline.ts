/** The longest that a timer can wait, in milliseconds. */
const MAX_MS = 2 ** 31 - 1;

/**
 * Waits for `work` at most `ms` milliseconds. After that it returns `late()`, or throws what it throws. The late work
 * continues, and its result is ignored.
 */
export async function withDeadline<T>(work: Promise<T>, ms: number, late: () => T): Promise<T> {
  const { promise: alarm, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(Math.max(0, ms), MAX_MS));
  try {
    return await Promise.race([work, alarm.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
