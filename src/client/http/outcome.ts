import { isScimError } from "../../errors/scim-error.ts";
import { isTransportError } from "../../errors/transport-error.ts";

/** What is known of a write that failed: nothing happened (`refused`, `not-sent`), or nobody knows (`unknown`). */
export type WriteOutcome = "refused" | "not-sent" | "unknown";

/**
 * What is known of a write after the error that the client threw.
 *
 * `unknown` are failures of the connection after sending, 408, and every 5xx but 501 and a 503 that says when to come
 * back; also whatever is not the client's own error.
 */
export function outcomeOf(error: unknown): WriteOutcome {
  if (isTransportError(error)) return error.outcome;
  if (!isScimError(error)) return "unknown";
  if (error.status === 503) {
    return (error as { retryAfterMs?: number }).retryAfterMs === undefined ? "unknown" : "refused";
  }
  return error.status === 408 || (error.status >= 500 && error.status !== 501) ? "unknown" : "refused";
}
