import { isScimError } from "../../errors/scim-error.ts";
import { isTransportError } from "../../errors/transport-error.ts";

/** What is known about a write that failed: it had no effect (`refused`, `not-sent`), or it may have had one (`unknown`). */
export type RequestOutcome = "refused" | "not-sent" | "unknown";

/**
 * What is known about a write that failed with this error.
 *
 * The outcome is `unknown` after a failure of the connection once the request was sent, after 408, and after every 5xx
 * except 501 and a 503 with `Retry-After`. It is also `unknown` for an error that the client did not throw.
 */
export function outcomeOf(error: unknown): RequestOutcome {
  if (isTransportError(error)) return error.outcome;
  if (!isScimError(error)) return "unknown";
  if (error.status === 503) {
    return (error as { retryAfterMs?: number }).retryAfterMs === undefined ? "unknown" : "refused";
  }
  return error.status === 408 || (error.status >= 500 && error.status !== 501) ? "unknown" : "refused";
}
