/** A registry symbol: two copies of this package share it, while their classes differ. */
const BRAND: unique symbol = Symbol.for("scimkit.TransportError") as never;

/** Why there was no SCIM response. */
export type TransportReason = "network" | "timeout" | "aborted" | "not-scim" | "credentials" | "misdirected" | "paused";

/** What is known about the request: it never reached the service provider, or it is unknown whether it took effect. */
export type TransportOutcome = "unknown" | "not-sent";

/** The properties of a `TransportError` besides its text. */
export interface TransportFacts {
  readonly reason: TransportReason;
  readonly outcome: TransportOutcome;
  /** The URL of the request, without the query. */
  readonly url: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The HTTP status, if there was one. */
  readonly status?: number;
  /** With `paused`: how long the pause is, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The error that caused this one. It never contains the query or the body of the request. */
  readonly cause?: unknown;
}

/**
 * There was no response (`network`, `timeout`, `aborted`), or a response that a SCIM service provider does not send
 * (`not-scim`), such as the HTML page of a proxy. With `credentials` nothing was sent, since there is no token; the cause
 * says why. With `misdirected` the response shows another resource than the one that was requested, as a wrong cache does.
 * With `paused` nothing was sent, since the service provider has asked for a longer pause than a request waits.
 *
 * With `outcome: "unknown"` a write may have taken effect: check before you repeat it. Contains no query, body or
 * header.
 */
export class TransportError extends Error {
  override readonly name: string = "TransportError";
  readonly code = "SCIM_TRANSPORT";
  readonly reason: TransportReason;
  readonly outcome: TransportOutcome;
  readonly url: string;
  readonly attempt: number;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: TransportFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.reason = facts.reason;
    this.outcome = facts.outcome;
    this.url = facts.url;
    this.attempt = facts.attempt;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether a thrown value is a `TransportError`, also of another copy of this package. */
export function isTransportError(value: unknown): value is TransportError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
