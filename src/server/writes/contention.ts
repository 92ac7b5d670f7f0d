import { UnavailableError } from "../../errors/request-errors.ts";
import { isPreconditionFailed, ScimError } from "../../errors/scim-error.ts";
import type { Partition } from "../../storage/stored-resource.ts";
import { KeyedLock } from "../../timing/keyed-lock.ts";

const ATTEMPTS = 50;

/**
 * The longest turn of a writer while others wait, in milliseconds. One that takes longer goes on, and so does the next
 * one: an application's hook may write to the same resource and wait for that.
 */
const TURN_MS = 10_000;

/** The lock in which the writers of each resource take turns. */
export function createWriters(): KeyedLock {
  return new KeyedLock({ turnMs: TURN_MS });
}

/** The resource that is written to, and the lock for its writers in this process. */
export interface Contested {
  readonly writers: KeyedLock;
  readonly partition: Partition;
  readonly id: string;
}

/**
 * Reads and writes, and again after each conflict with another writer. A client that gave no version must not get an
 * error because of a race (requirement 176). Writers of this process take turns, in the order of their arrival, so that
 * each reads what the one before has written, and conflicts only with other processes.
 *
 * @throws {UnavailableError} after fifty conflicts
 */
export async function untilUncontested<T>(contested: Contested, attempt: () => Promise<T>): Promise<T> {
  const { writers, partition, id } = contested;
  const key = JSON.stringify([partition.tenant, partition.type, id]);
  return writers.run([key], () => tryAgain(attempt));
}

async function tryAgain<T>(attempt: () => Promise<T>): Promise<T> {
  let lost: unknown;
  for (let tries = 0; tries < ATTEMPTS; tries += 1) {
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
 * An error with which the application refused a write, in the form of a response. A 412 would be taken for a conflict,
 * and means nothing to a client that set no condition: it becomes a 409.
 */
export function refusalOf(error: unknown): unknown {
  return isPreconditionFailed(error) ? new ScimError(error.detail, { status: 409, cause: error }) : error;
}
