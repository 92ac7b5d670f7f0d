/** A registry symbol: two copies of this package share it, while their classes differ. */
const BRAND: unique symbol = Symbol.for("scimkit.TokenRequestError") as never;

/** The properties of a `TokenRequestError` besides its text. */
export interface TokenRequestFacts {
  /** The error code of RFC 6749 section 5.2, such as `invalid_client`; undefined if the response had none. */
  readonly error?: string | undefined;
  /** The HTTP status; undefined if there was no response. */
  readonly status?: number | undefined;
  /** Whether the same request can succeed later. */
  readonly isTemporary: boolean;
  /** When the authorization server wants to be asked again, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  /** The error that caused this one. It contains no secret. */
  readonly cause?: unknown;
}

/**
 * An authorization server issued no access token (RFC 6749 section 5.2). The text contains the server's own words, without
 * the secrets of the request.
 *
 * A client throws a `TransportError` with `reason: "credentials"` whose cause is this error.
 */
export class TokenRequestError extends Error {
  override readonly name: string = "TokenRequestError";
  readonly code = "SCIM_TOKEN_REQUEST";
  readonly error: string | undefined;
  readonly status: number | undefined;
  readonly isTemporary: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: TokenRequestFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.error = facts.error;
    this.status = facts.status;
    this.isTemporary = facts.isTemporary;
    this.retryAfterMs = facts.retryAfterMs;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether a thrown value is a `TokenRequestError`, also of another copy of this package. */
export function isTokenRequestError(value: unknown): value is TokenRequestError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
