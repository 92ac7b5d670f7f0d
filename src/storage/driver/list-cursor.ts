import { InvalidValueError } from "../../errors/request-errors.ts";

/** A place in the order of a listing: behind the resource of this date and id. */
export interface ListPlace {
  readonly created: string;
  readonly id: string;
}

/** A place as the opaque text that `Page.next` holds. */
export function printListCursor(place: ListPlace): string {
  return JSON.stringify([place.created, place.id]);
}

/** Reads what `printListCursor` printed. @throws {InvalidValueError} for anything else */
export function readListCursor(cursor: string): ListPlace {
  const [created, id, ...rest] = readCursorParts(cursor);
  // A longer one belongs to another listing, such as a sorted one.
  if (typeof created !== "string" || typeof id !== "string" || rest.length > 0) {
    throw new InvalidValueError("The cursor is not one that this storage gave out");
  }
  return { created, id };
}

/** The parts of a cursor that was printed as a JSON array; none of a text that is no such array. */
export function readCursorParts(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(cursor);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
