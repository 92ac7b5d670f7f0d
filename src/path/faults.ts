import { InvalidFilterError, InvalidPathError } from "../errors/request-errors.ts";
import type { ScimError } from "../errors/scim-error.ts";

/**
 * Creates the error for a text that is not valid at `position`. The text itself is never repeated: it may hold personal
 * data.
 */
export type Fault = (position: number, expected: string) => ScimError;

/** An error inside a filter: 400 `invalidFilter`. */
export function filterFault(position: number, expected: string): InvalidFilterError {
  return new InvalidFilterError(`Invalid filter at position ${position}: ${expected}`, { position });
}

/** Errors of the attribute path `text`: 400 `invalidPath`. */
export function pathFault(text: string): Fault {
  return (position, expected) =>
    new InvalidPathError(`Invalid path at position ${position}: ${expected}`, { path: text, position });
}
