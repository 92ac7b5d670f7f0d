import { createSealer, type Sealer } from "../../crypto/create-sealer.ts";
import type { SealingKey } from "../../crypto/key-ring.ts";
import { ScimError } from "../../errors/scim-error.ts";

/**
 * Where a listing goes on: for each type of resources that is not yet at its end, the storage's cursor, or null for its
 * beginning. In the order of the types.
 */
export type ListPosition = readonly (readonly [type: string, after: string | null])[];

/** What a cursor holds. */
export interface CursorState {
  readonly position: ListPosition;
  /** How many resources a page was asked to have. */
  readonly count: number;
  /** How many matched when the listing began. */
  readonly total: number;
  /** Until when it is valid, in milliseconds since 1970. */
  readonly expires: number;
}

type Sealed = readonly [position: ListPosition, count: number, total: number, expires: number];

/** Makes and reads the texts in `nextCursor` (RFC 9865): opaque, valid in one place only, of unreserved characters. */
export interface Cursors {
  /** `binding` says for whom and for which query the cursor is. */
  seal(state: CursorState, binding: string): Promise<string>;
  /** @throws {ScimError} 400 `invalidCursor` for a text that is none, or one of another place; it never says which */
  open(cursor: string, binding: string): Promise<CursorState>;
}

/**
 * Cursors sealed under the first of `keys` and opened under any. Without keys under a random one, made when it is first
 * needed, since some runtimes give no random numbers before the first request; it ends with the process.
 *
 * @throws {TypeError} for keys that are none
 */
export function createCursors(keys: readonly SealingKey[] | undefined): Cursors {
  let sealer: Sealer | undefined = keys === undefined ? undefined : createSealer({ keys });
  const current = (): Sealer => {
    sealer ??= createSealer({ keys: [{ id: "r", key: crypto.getRandomValues(new Uint8Array(32)) }] });
    return sealer;
  };
  return {
    seal: ({ position, count, total, expires }, binding) =>
      current().seal(new TextEncoder().encode(JSON.stringify([position, count, total, expires])), binding),
    open: async (cursor, binding) => {
      try {
        const bytes = await current().open(cursor, binding);
        // What opens is what was sealed above.
        const [position, count, total, expires] = JSON.parse(new TextDecoder().decode(bytes)) as Sealed;
        return { position, count, total, expires };
      } catch (cause) {
        throw invalidCursor(cause);
      }
    },
  };
}

/** The answer to a cursor that is not one of this query, whatever is wrong with it (RFC 9865 section 5.2). */
export function invalidCursor(cause?: unknown): ScimError {
  return new ScimError(
    "The cursor is not one of this query: it must be empty for the first page, then the nextCursor of the page before, with all other parameters unchanged",
    { status: 400, scimType: "invalidCursor", cause },
  );
}

/** The answer to a cursor whose time is over. */
export function expiredCursor(): ScimError {
  return new ScimError("The cursor has expired: begin again with an empty one", {
    status: 400,
    scimType: "expiredCursor",
  });
}

/** The answer to a page of another size than the first. */
export function invalidCount(): ScimError {
  return new ScimError("count must be the same on every page of a listing by cursor", {
    status: 400,
    scimType: "invalidCount",
  });
}
