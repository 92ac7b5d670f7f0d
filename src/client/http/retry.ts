import type { TransportError } from "../../errors/transport-error.ts";

/**
 * Whether a write may be sent again after a failure that leaves its effect unknown: `safe` if the same effect twice is the
 * same as once.
 */
export type Repeat = "safe" | "never";

/** What the policy looks at. */
export interface Repeatable {
  readonly method: string;
  readonly repeat: Repeat;
}

/** Statuses that say "later", whether or not the request took effect (requirement C12). */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** The first wait is at most this, in milliseconds; each further one at most twice the one before. */
const FIRST_WAIT = 500;

/**
 * Whether a request may be repeated after this status.
 *
 * A POST only where the service provider says that it did not act: 429, and 503 with `Retry-After`. A bare 503 can come
 * from a proxy whose backend died while it worked.
 */
export function repeatsAfterStatus(request: Repeatable, status: number, hasRetryAfter: boolean): boolean {
  if (status === 429 || (status === 503 && hasRetryAfter)) return true;
  if (request.method === "POST") return false;
  if (status === 503) return true;
  return PASSING.has(status) && maySendTwice(request);
}

/** Whether a request may be repeated after this failure: whatever never reached the service provider may be. */
export function repeatsAfterFailure(request: Repeatable, error: TransportError): boolean {
  if (error.reason !== "network" && error.reason !== "timeout") return false;
  return error.outcome === "not-sent" || maySendTwice(request);
}

function maySendTwice({ method, repeat }: Repeatable): boolean {
  return method === "GET" || (repeat === "safe" && method !== "POST");
}

/** How long to wait after try number `attempt`, in milliseconds: exponential, with full jitter. */
export function backoffMs(attempt: number, maxWaitMs: number, random: () => number): number {
  return Math.floor(random() * Math.min(maxWaitMs, FIRST_WAIT * 2 ** (attempt - 1)));
}

/**
 * The wait that `Retry-After` asks for, in milliseconds, given as seconds or as a date (RFC 9110 section 10.2.3);
 * undefined if it says nothing that can be read. A date is measured against the answer's own `Date`, if it has one, so
 * that the two clocks need not agree.
 */
export function retryAfterMs(headers: Headers, now: () => number): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^[0-9]{1,9}(\.[0-9]{1,3})?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const at = dateOf(text);
  return at === undefined ? undefined : Math.max(0, at - (dateOf(headers.get("date") ?? "") ?? now()));
}

function dateOf(text: string): number | undefined {
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
