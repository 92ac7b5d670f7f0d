import type { ErrorMessage, ScimType } from "../protocol/messages.ts";
import { URN } from "../protocol/urns.ts";

/** A registry symbol, not a class, is what two copies of this package share. */
const BRAND: unique symbol = Symbol.for("scimkit.ScimError") as never;

/** Options of `ScimError` and of the classes below it. */
export interface ScimErrorOptions {
  /** The detail word of RFC 7644 table 9. */
  scimType?: ScimType;
  /** What made us say so. Never sent. */
  cause?: unknown;
}

/**
 * An answer in SCIM's own terms: a status, often a `scimType`, and a sentence for the person at the other end.
 *
 * Throw it from a storage driver, a hook or `authenticate`, and the handler answers with it. `detail` goes over the
 * wire: keep values of the request out of it (RFC 7644 section 3.12).
 */
export class ScimError extends Error {
  /** A literal in each class, so that it survives a minifier. */
  override readonly name: string = "ScimError";
  /** The HTTP status of the answer. */
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(status: number, detail: string, options: ScimErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.scimType = options.scimType;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The sentence sent as `detail`. */
  get detail(): string {
    return this.message;
  }

  /** The wire form. Leaves out `cause` and `stack` by construction. */
  toJSON(): ErrorMessage {
    return {
      schemas: [URN.error],
      status: String(this.status),
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
      detail: this.detail,
    };
  }
}

/** Tells a `ScimError` of any copy of this package from everything else that can be thrown. */
export function isScimError(value: unknown): value is ScimError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

/** The `ScimError` itself, or a 500 without internals that carries the original as its cause. */
export function asScimError(error: unknown): ScimError {
  return isScimError(error) ? error : internalError(error);
}

/** A 500 without internals, with what was thrown as its cause. */
export function internalError(cause: unknown): ScimError {
  return new ScimError(500, "Internal error", { cause });
}
