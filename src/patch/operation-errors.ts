import { isScimError } from "../errors/scim-error.ts";

/**
 * Runs a step of one operation. The detail of a `ScimError` gets the operation's position in the request, from 0, as a
 * prefix.
 */
export function inOperation<T>(index: number, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw isScimError(error) ? error.withDetail(`Operations[${index}]: ${error.detail}`) : error;
  }
}
