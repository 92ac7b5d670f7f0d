/** A registry symbol, not a class, is what two copies of this package share. */
const BRAND: unique symbol = Symbol.for("scimkit.TransportError") as never;

/** Why there was no answer in SCIM's terms. */
export type TransportReason = "network" | "timeout" | "aborted" | "not-scim";

/** What is known of the request: it never reached the service provider, or nobody knows whether it took effect. */
export type TransportOutcome = "unknown" | "not-sent";

/** What a `TransportError` carries besides its sentence. */
export interface TransportFacts {
  readonly reason: TransportReason;
  readonly outcome: TransportOutcome;
  /** Where to, without the query. */
  readonly url: string;
  /** Which try it was, from 1. */
  readonly attempt: number;
  /** The HTTP status, if there was one. */
  readonly status?: number;
  /** What made us say so. It never holds the query or the body of the request. */
  readonly cause?: unknown;
}

/**
 * No answer in SCIM's own terms: none at all (`network`, `timeout`, `aborted`), or one that a SCIM service provider does
 * not give (`not-scim`), such as the HTML page of a proxy.
 *
 * With `outcome: "unknown"` a write may have taken effect: look before repeating it. Holds no query, body or header.
 */
export class TransportError extends Error {
  override readonly name: string = "TransportError";
  readonly code = "SCIM_TRANSPORT";
  readonly reason: TransportReason;
  readonly outcome: TransportOutcome;
  readonly url: string;
  readonly attempt: number;
  readonly status: number | undefined;

  constructor(message: string, facts: TransportFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.reason = facts.reason;
    this.outcome = facts.outcome;
    this.url = facts.url;
    this.attempt = facts.attempt;
    this.status = facts.status;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Tells a `TransportError` of any copy of this package from everything else that can be thrown. */
export function isTransportError(value: unknown): value is TransportError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
