import ky, { isNetworkError, isTimeoutError } from "ky";
import { TransportError, type TransportOutcome, type TransportReason } from "../../errors/transport-error.ts";
import { shownUrl } from "./request-url.ts";

/** One try of one request, credentials and all. */
export interface Transmission {
  readonly method: string;
  readonly url: string;
  /** The template that errors name, such as `/Users/{id}`. */
  readonly route: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** From 1. */
  readonly attempt: number;
}

/** What came back, whatever it is. */
export interface Answer {
  readonly method: string;
  readonly route: string;
  /** Without its query. */
  readonly url: string;
  readonly attempt: number;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** How requests are sent. */
export interface TransportOptions {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

/** As many redirects are followed for one request. */
const MAX_REDIRECTS = 5;

/** What runtimes call failures that happen before a connection stands. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
]);

/**
 * Sends one request once and reads the answer whole. Any status is an answer. The time limit covers the body too, and
 * begins anew after a redirect. A redirect is followed only if it keeps method and body (307, 308) and stays at the same
 * origin, so that credentials go nowhere else (RFC 7644 section 3.12).
 *
 * @throws {TransportError} when there is no whole answer, or it redirects elsewhere
 */
export async function transmit(transmission: Transmission, options: TransportOptions): Promise<Answer> {
  let current = transmission;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await exchangeOnce(current, options);
    if (!isRedirect(answer.status)) return answer;
    const target = redirects < MAX_REDIRECTS ? redirectTarget(answer, current.url) : undefined;
    if (target === undefined) {
      throw failure(current, "not-scim", "unknown", { status: answer.status, said: redirectSaid(answer.status) });
    }
    current = { ...current, url: target };
  }
}

/** A status of 0 is how some runtimes hide a redirect that they were told not to follow. */
function isRedirect(status: number): boolean {
  return status === 0 || (status >= 300 && status < 400);
}

function redirectTarget(answer: Answer, from: string): string | undefined {
  const location = answer.headers.get("location");
  if (location === null || (answer.status !== 307 && answer.status !== 308)) return undefined;
  if (!URL.canParse(location, from)) return undefined;
  const target = new URL(location, from);
  return target.origin === new URL(from).origin && target.username === "" && target.password === ""
    ? target.href
    : undefined;
}

function redirectSaid(status: number): string {
  return `answered with a redirect (${status}) that is not followed: only 307 and 308 to the same origin are`;
}

async function exchangeOnce(transmission: Transmission, options: TransportOptions): Promise<Answer> {
  const { method, url, route, headers, body, signal, attempt } = transmission;
  const limit = { exceeded: false };
  if (isAborted(signal)) throw failure(transmission, "aborted", "not-sent", { said: "aborted" });
  try {
    const pending = ky(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
      redirect: "manual",
      // Statuses and repeats are judged by our own policy: ky's would repeat what may have taken effect.
      throwHttpErrors: false,
      retry: 0,
      timeout: options.timeoutMs,
      totalTimeout: options.timeoutMs,
      fetch: async (request) => limited(await options.fetch(request as Request), options.maxAnswerBytes, limit),
    });
    const { status, headers: answered } = await pending;
    return { method, route, url: shownUrl(url), attempt, status, headers: answered, text: await pending.text() };
  } catch (error) {
    if (isAborted(signal)) throw failure(transmission, "aborted", "unknown", { said: "aborted" });
    if (isTimeoutError(error)) {
      throw failure(transmission, "timeout", "unknown", { said: `no whole answer within ${options.timeoutMs} ms` });
    }
    if (limit.exceeded) {
      const said = `the answer is larger than ${options.maxAnswerBytes} bytes`;
      throw failure(transmission, "not-scim", "unknown", { said });
    }
    // The message of ky's own error holds the query, which may hold personal data; what it wraps does not.
    const cause = isNetworkError(error) ? error.cause : error;
    const outcome = neverConnected(cause) ? "not-sent" : "unknown";
    throw failure(transmission, "network", outcome, { said: "the connection failed", cause });
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** The same response with an error in place of what goes beyond `max` bytes. */
function limited(response: Response, max: number, limit: { exceeded: boolean }): Response {
  if (response.body === null) return response;
  let received = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      received += chunk.byteLength;
      if (received <= max) return controller.enqueue(chunk);
      limit.exceeded = true;
      return controller.error(new TypeError("too large"));
    },
  });
  return new Response(response.body.pipeThrough(counted), response);
}

function neverConnected(cause: unknown): boolean {
  let error = cause;
  for (let depth = 0; depth < 4 && typeof error === "object" && error !== null; depth += 1) {
    const { code, cause: inner } = error as { code?: unknown; cause?: unknown };
    if (typeof code === "string" && NOT_CONNECTED.has(code)) return true;
    error = inner;
  }
  return false;
}

function failure(
  { method, route, url, attempt }: Transmission,
  reason: TransportReason,
  outcome: TransportOutcome,
  more: { readonly said: string; readonly status?: number; readonly cause?: unknown },
): TransportError {
  const { said, ...facts } = more;
  return new TransportError(`${method} ${route}: ${said}`, { reason, outcome, url: shownUrl(url), attempt, ...facts });
}
