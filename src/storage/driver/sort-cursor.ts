import { InvalidValueError } from "../../errors/request-errors.ts";
import { readCursorParts } from "./list-cursor.ts";

/**
 * A position in a sorted listing: after the resource with this id and this sort key (see `orderKey`), null for none.
 */
export interface SortPlace {
  readonly key: string | null;
  readonly id: string;
}

/** A position as the opaque text in `Page.next`. */
export function printSortCursor({ key, id }: SortPlace): string {
  return JSON.stringify(["sorted", key, id]);
}

/** Reads what `printSortCursor` printed. @throws {InvalidValueError} for anything else */
export function readSortCursor(cursor: string): SortPlace {
  const [word, key, id] = readCursorParts(cursor);
  if (word !== "sorted" || (typeof key !== "string" && key !== null) || typeof id !== "string") {
    throw new InvalidValueError("The cursor was not returned by this storage");
  }
  return { key, id };
}
