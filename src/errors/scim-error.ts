import type { ErrorMessage, ScimType } from "../protocol/messages.ts";
import { URN } from "../protocol/urns.ts";

/** A registry symbol: two copies of this package share it, while their classes differ. */
const BRAND: unique symbol = Symbol.for("scimkit.ScimError") as never;

/** The properties of a `ScimError` besides its text. */
export interface ScimErrorOptions {
  /** The HTTP status of the response. @default 500; each class below `ScimError` has its own */
  status?: number;
  /** The detail word of RFC 7644 table 9. Each class below `ScimError` has its own. */
  scimType?: ScimType;
  /** The error that caused this one. Never sent. */
  cause?: unknown;
}

/**
 * An error response of SCIM: a status, often a `scimType`, and a text for the person who reads it.
 *
 * Throw it from a storage driver, a hook or `authenticate`, and the handler responds with it. `detail` is sent to the
 * client: keep values of the request out of it (RFC 7644 section 3.12). The first parameter of every class is the text,
 * the second one an object with properties.
 */
export class ScimError extends Error {
  /** A literal in each class, so that it survives a minifier. */
  override readonly name: string = "ScimError";
  /** Identifies the kind of error and never changes: for `switch` and for logs. */
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

  /** The text that is sent as `detail`. */
  get detail(): string {
    return this.message;
  }

  /** The same error with another text; this error becomes its cause. */
  withDetail(detail: string): this {
    const Same = this.constructor as new (detail: string, options: object) => this;
    return new Same(detail, { ...this, cause: this });
  }

  /** The body of the response. It never contains `cause` and `stack`. */
  toJSON(): ErrorMessage {
    return {
      schemas: [URN.error],
      status: String(this.status),
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
      detail: this.detail,
    };
  }
}

/** Whether a thrown value is a `ScimError`, also of another copy of this package. */
export function isScimError(value: unknown): value is ScimError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

/** The `ScimError` itself, or a 500 without internal details whose cause is the original error. */
export function asScimError(error: unknown): ScimError {
  return isScimError(error) ? error : internalError(error);
}

/** A 500 without internal details, with the thrown value as its cause. */
export function internalError(cause: unknown): ScimError {
  return new ScimError("Internal error", { cause });
}

/** Whether an error is a 412, from a storage or from a service provider: another writer was faster. */
export function isPreconditionFailed(error: unknown): error is ScimError {
  return isScimError(error) && error.status === 412;
}
