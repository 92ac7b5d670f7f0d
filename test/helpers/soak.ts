/** How long to soak, in seconds: `SCIMKIT_SOAK`. 0 in an ordinary run, in which everything is short and seeded. */
export const SOAK_SECONDS: number = Number(process.env.SCIMKIT_SOAK ?? 0);

/** How many cases each property has instead: `SCIMKIT_SOAK_CASES`. 0 where the time decides. */
const SOAK_CASES: number = Number(process.env.SCIMKIT_SOAK_CASES ?? 0);

/**
 * Runs of a property: these of a fixed seed, or, when soaking, other ones for a tenth of the time. A run has `cases`
 * cases, 1 if that is not given.
 */
export function runs({
  cases = 1,
  ...fixed
}: {
  readonly seed: number;
  readonly numRuns: number;
  readonly cases?: number;
}): {
  readonly seed?: number;
  readonly numRuns: number;
  readonly interruptAfterTimeLimit?: number;
  readonly markInterruptAsFailure?: boolean;
} {
  if (SOAK_CASES > 0) return { numRuns: Math.ceil(SOAK_CASES / cases) };
  if (SOAK_SECONDS === 0) return fixed;
  return {
    numRuns: 1_000_000_000,
    interruptAfterTimeLimit: SOAK_SECONDS * 100,
    markInterruptAsFailure: false,
  };
}
