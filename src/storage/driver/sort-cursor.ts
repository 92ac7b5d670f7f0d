import { InvalidValueError } from "../../errors/request-errors.ts";
import { readCursorParts } from "./list-cursor.ts";

/** A place in a sorted listing: behind the resource with this id that is sorted by this key (see `orderKey`), null for none. */
export interface SortPlace {
  readonly key: string | null;
  readonly id: string;
}

/** A place as the opaque text that `Page.next` holds. */
export function printSortCursor({ key, id }: SortPlace): string {
  return JSON.stringify(["sorted", key, id]);
}

/** Reads what `printSortCursor` printed. @throws {InvalidValueError} for anything else */
export function readSortCursor(cursor: string): SortPlace {
  const [word, key, id] = readCursorParts(cursor);
  if (word !== "sorted" || (typeof key !== "string" && key !== null) || typeof id !== "string") {
    throw new InvalidValueError("The cursor is not one that this storage gave out");
  }
  return { key, id };
}
