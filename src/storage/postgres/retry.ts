/** Randomness and waiting, for pauses between attempts. */
export interface RetryTiming {
  /** From 0 to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** How many attempts there are, and after which failures. */
export interface RetryRule {
  /** The most attempts, from 1. */
  readonly attempts: number;
  /** Whether another attempt may succeed after this failure. */
  readonly again: (error: unknown) => boolean;
}

/** The longest pause before the second attempt, in milliseconds; it doubles from attempt to attempt. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/** The timers and random numbers of the process. */
export const SYSTEM_TIMING: RetryTiming = Object.freeze({
  random: () => Math.random(),
  sleep: (ms: number) => new Promise<void>((resume) => setTimeout(resume, ms)),
});

/** Calls `attempt` with 1, 2, … until it succeeds, or the rule allows no further attempt. */
export async function retrying<T>(
  rule: RetryRule,
  timing: RetryTiming,
  attempt: (count: number) => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(count);
    } catch (error) {
      if (count >= rule.attempts || !rule.again(error)) throw error;
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1));
      await timing.sleep(longest * timing.random());
    }
  }
}
