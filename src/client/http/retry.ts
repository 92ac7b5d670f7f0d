import type { TransportError } from "../../errors/transport-error.ts";

/**
 * Whether a write may be sent again when it is unknown if it took effect: `safe` if sending it twice has the same effect as
 * sending it once.
 */
export type Repeat = "safe" | "never";

/** The facts about a request that decide whether it may be sent again. */
export interface Repeatable {
  readonly method: string;
  readonly repeat: Repeat;
}

/** Temporary failures; the request may have taken effect (requirement C12). */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** The longest first wait, in milliseconds. The limit doubles with each attempt. */
const FIRST_WAIT = 500;

/**
 * Whether a request may be sent again after a response with this status.
 *
 * A POST is repeated only where the service provider says that it did nothing: after 429, and after 503 with
 * `Retry-After`. A 503 without that header can come from a proxy whose backend failed while it processed the request.
 */
export function repeatsAfterStatus(request: Repeatable, status: number, hasRetryAfter: boolean): boolean {
  if (status === 429 || (status === 503 && hasRetryAfter)) return true;
  if (request.method === "POST") return false;
  if (status === 503) return true;
  return TEMPORARY.has(status) && maySendTwice(request);
}

/** Whether a request may be sent again after this failure. One that never reached the service provider always may. */
export function repeatsAfterFailure(request: Repeatable, error: TransportError): boolean {
  if (error.reason !== "network" && error.reason !== "timeout") return false;
  return error.outcome === "not-sent" || maySendTwice(request);
}

function maySendTwice({ method, repeat }: Repeatable): boolean {
  return method === "GET" || (repeat === "safe" && method !== "POST");
}

/** How long to wait after an attempt, in milliseconds: exponential backoff with full jitter. */
export function backoffMs(attempt: number, maxWaitMs: number, random: () => number): number {
  return Math.floor(random() * Math.min(maxWaitMs, FIRST_WAIT * 2 ** (attempt - 1)));
}

/**
 * The wait that `Retry-After` asks for, in milliseconds. The header contains seconds or a date (RFC 9110 section 10.2.3);
 * undefined if it is missing or invalid. A date is compared with the `Date` of the response where there is one, so that a
 * difference between the two clocks does not matter.
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
