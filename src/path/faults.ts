import { InvalidFilterError, InvalidPathError } from "../errors/request-errors.ts";
import type { ScimError } from "../errors/scim-error.ts";

/** Makes the error for something that cannot be read at `position`. The text itself is never repeated: it may hold personal data. */
export type Fault = (position: number, expected: string) => ScimError;

/** A fault inside a filter: 400 `invalidFilter`. */
export function filterFault(position: number, expected: string): InvalidFilterError {
  return new InvalidFilterError(`Invalid filter at position ${position}: ${expected}`, { position });
}

/** Faults of the attribute path `text`: 400 `invalidPath`. */
export function pathFault(text: string): Fault {
  return (position, expected) =>
    new InvalidPathError(`Invalid path at position ${position}: ${expected}`, { path: text, position });
}
