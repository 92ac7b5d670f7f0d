import { UnavailableError } from "../../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../../errors/scim-error.ts";
import type { Entry, Repository } from "../../../storage/state/repository.ts";

const TRIES = 10;

/**
 * Replaces a record by what `next` makes of it, also if others write it at the same time. Undefined if there is no record,
 * or `next` returns undefined; then nothing is written.
 *
 * @throws {UnavailableError} if others were faster ten times
 */
export async function replaceEntry<T>(
  entries: Repository<T>,
  key: string,
  next: (value: T) => T | undefined,
): Promise<Entry<T> | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await entries.get(key);
    const value = stored && next(stored.value);
    if (stored === undefined || value === undefined) return undefined;
    try {
      return await entries.put(key, value, { expected: stored.version, dueAt: stored.dueAt });
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
    }
  }
  throw new UnavailableError("The record is written by others all the time; try again");
}
