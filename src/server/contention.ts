import { UnavailableError } from "../errors/request-errors.ts";
import { isScimError } from "../errors/scim-error.ts";

const ATTEMPTS = 50;

/**
 * Reads, works and writes again as long as another writer comes between. A client that gave no version has not asked for
 * one, so it must not be told that it lost a race (requirement 176).
 *
 * @throws {UnavailableError} after fifty lost races
 */
export async function untilUncontested<T>(attempt: () => Promise<T>): Promise<T> {
  let lost: unknown;
  for (let tries = 0; tries < ATTEMPTS; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isScimError(error) || error.status !== 412) throw error;
      lost = error;
    }
  }
  throw new UnavailableError("The resource is being changed by many requests at once", { cause: lost });
}
