import { compareUtf8 } from "../values/utf8-order.ts";

/** A directory broke a guarantee on which the run depends. The run does nothing further with its data. */
export class DirectoryUnsoundError extends Error {
  override readonly name: string = "DirectoryUnsoundError";
}

/**
 * Where the next page begins.
 *
 * @throws {DirectoryUnsoundError} when that is not after where this one began: the listing would never end
 */
export function nextOf(page: { readonly next?: string }, after: string | undefined, what: string): string | undefined {
  if (page.next === undefined) return undefined;
  if (after !== undefined && compareUtf8(page.next, after) <= 0) {
    throw new DirectoryUnsoundError(`The directory's pages of ${what} repeat themselves`);
  }
  return page.next;
}
