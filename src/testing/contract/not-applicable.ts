/** Thrown by a case that has nothing to test. */
class NotApplicable extends Error {
  override readonly name: string = "NotApplicable";
}

/** Ends a case that needs something that what it tests does not have. @throws unless `condition` holds */
export function appliesIf(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new NotApplicable(reason);
}

/** Runs a case. Gives the reason if it does not apply. */
export async function reasonNotApplied(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof NotApplicable) return error.message;
    throw error;
  }
}
