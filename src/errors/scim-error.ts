import type { ErrorMessage, ScimType } from "../protocol/messages.ts";
import { URN } from "../protocol/urns.ts";

/** A registry symbol, not a class, is what two copies of this package share. */
const BRAND: unique symbol = Symbol.for("scimkit.ScimError") as never;

/** What a `ScimError` carries besides its sentence. */
export interface ScimErrorOptions {
  /** The HTTP status of the response. @default 500; each class below `ScimError` has its own */
  status?: number;
  /** The detail word of RFC 7644 table 9. Each class below `ScimError` has its own. */
  scimType?: ScimType;
  /** What led to the error. Never sent. */
  cause?: unknown;
}

/**
 * An error response in SCIM's own terms: a status, often a `scimType`, and a sentence for the person who reads it.
 *
 * Throw it from a storage driver, a hook or `authenticate`, and the handler responds with it. `detail` goes over the
 * wire: keep values of the request out of it (RFC 7644 section 3.12). Every class of the family takes the sentence first
 * and facts second.
 */
export class ScimError extends Error {
  /** A literal in each class, so that it survives a minifier. */
  override readonly name: string = "ScimError";
  /** Names the kind of error and never changes: for `switch` and for logs. */
  readonly code: string = "SCIM_ERROR";
  /** The HTTP status of the response. */
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(detail: string, options: ScimErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status ?? 500;
    this.scimType = options.scimType;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The sentence sent as `detail`. */
  get detail(): string {
    return this.message;
  }

  /** The same error with another sentence; this one becomes its cause. */
  withDetail(detail: string): this {
    const Same = this.constructor as new (detail: string, options: object) => this;
    return new Same(detail, { ...this, cause: this });
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
  return new ScimError("Internal error", { cause });
}

/** Whether an error says that somebody else came first: a 412, from a storage or from a service provider. */
export function isPreconditionFailed(error: unknown): error is ScimError {
  return isScimError(error) && error.status === 412;
}
