import { InvalidValueError } from "../../errors/request-errors.ts";

/** A position in a listing: after the resource with this date and id. */
export interface ListPlace {
  readonly created: string;
  readonly id: string;
}

/** A position as the opaque text in `Page.next`. */
export function printListCursor(place: ListPlace): string {
  return JSON.stringify([place.created, place.id]);
}

/** Reads what `printListCursor` printed. @throws {InvalidValueError} for anything else */
export function readListCursor(cursor: string): ListPlace {
  const [created, id, ...rest] = readCursorParts(cursor);
  // A longer one belongs to another listing, such as a sorted one.
  if (typeof created !== "string" || typeof id !== "string" || rest.length > 0) {
    throw new InvalidValueError("The cursor was not returned by this storage");
  }
  return { created, id };
}

/** The parts of a cursor that was printed as a JSON array; empty if the text is not such an array. */
export function readCursorParts(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(cursor);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
