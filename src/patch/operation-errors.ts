import { isScimError } from "../errors/scim-error.ts";

/** Runs a step of one operation; a fault of the request gets the operation's place in the request, from 0, put before it. */
export function inOperation<T>(index: number, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw isScimError(error) ? error.withDetail(`Operations[${index}]: ${error.detail}`) : error;
  }
}
