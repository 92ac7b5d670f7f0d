import { createSealer, type Sealer } from "../../crypto/create-sealer.ts";
import type { SealingKey } from "../../crypto/key-ring.ts";
import { ScimError } from "../../errors/scim-error.ts";

/**
 * Where a listing continues: for each resource type that is not finished, the storage's cursor, or null for its
 * beginning. In the order of the types.
 */
export type ListPosition = readonly (readonly [type: string, after: string | null])[];

/** What a cursor holds. */
export interface CursorState {
  readonly position: ListPosition;
  /** The requested page size. */
  readonly count: number;
  /** How many matched when the listing began. */
  readonly total: number;
  /** Until when it is valid, in milliseconds since 1970. */
  readonly expires: number;
}

type Sealed = readonly [position: ListPosition, count: number, total: number, expires: number];

/**
 * Creates and opens the cursors of `nextCursor` (RFC 9865): opaque, valid for one query only, of unreserved characters.
 */
export interface Cursors {
  /** `binding` is what the cursor is valid for. */
  seal(state: CursorState, binding: string): Promise<string>;
  /**
   * @throws {ScimError} 400 `invalidCursor` for a text that is not a cursor, or that of another query; the error does
   * not tell which
   */
  open(cursor: string, binding: string): Promise<CursorState>;
}

/**
 * Cursors that are sealed with the first of `keys` and opened with any of them. Without keys, a random one is generated
 * when it is first needed, since some runtimes give no random numbers before the first request; it lasts as long as the
 * process.
 *
 * @throws {TypeError} for invalid keys
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

/** The error for an invalid cursor, whatever is wrong with it (RFC 9865 section 5.2). */
export function invalidCursor(cause?: unknown): ScimError {
  return new ScimError(
    "The cursor does not belong to this query: it must be empty for the first page, then the nextCursor of the page before, with all other parameters unchanged",
    { status: 400, scimType: "invalidCursor", cause },
  );
}

/** The error for an expired cursor. */
export function expiredCursor(): ScimError {
  return new ScimError("The cursor has expired: start again with an empty one", {
    status: 400,
    scimType: "expiredCursor",
  });
}

/** The error for another page size than that of the first page. */
export function invalidCount(): ScimError {
  return new ScimError("count must be the same on every page of a listing by cursor", {
    status: 400,
    scimType: "invalidCount",
  });
}
