import { UnavailableError } from "../../errors/request-errors.ts";
import { isPreconditionFailed, ScimError } from "../../errors/scim-error.ts";
import type { Partition } from "../../storage/storage.ts";
import type { KeyedLock } from "../../timing/keyed-lock.ts";

const ATTEMPTS = 50;

/** Which resource is written to, and what keeps the writers of this process apart. */
export interface Contested {
  readonly writers: KeyedLock;
  readonly partition: Partition;
  readonly id: string;
}

/**
 * Reads, works and writes again as long as another writer comes between. A client that gave no version has not asked for
 * one, so it must not be told that it lost a race (requirement 176). Those of this process that lost try again one after
 * the other, so that they do not lose to each other for ever.
 *
 * @throws {UnavailableError} after fifty lost races
 */
export async function untilUncontested<T>(contested: Contested, attempt: () => Promise<T>): Promise<T> {
  const { writers, partition, id } = contested;
  try {
    return await attempt();
  } catch (error) {
    if (!isPreconditionFailed(error)) throw error;
    const key = JSON.stringify([partition.tenant, partition.type, id]);
    return writers.run([key], () => tryAgain(attempt, error));
  }
}

async function tryAgain<T>(attempt: () => Promise<T>, first: unknown): Promise<T> {
  let lost = first;
  for (let tries = 1; tries < ATTEMPTS; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
      lost = error;
    }
  }
  throw new UnavailableError("The resource is being changed by many requests at once", { cause: lost });
}

/**
 * What the application threw to refuse a write, fit to be the answer. Its 412 would be taken for a lost race, and tells
 * a client that set no condition nothing: it becomes a 409.
 */
export function refusalOf(error: unknown): unknown {
  return isPreconditionFailed(error) ? new ScimError(error.detail, { status: 409, cause: error }) : error;
}
