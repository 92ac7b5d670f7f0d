import { TransportError, type TransportOutcome, type TransportReason } from "../../errors/transport-error.ts";
import { limitedResponse } from "./limited-response.ts";
import { shownUrl } from "./request-url.ts";

/** One HTTP request, with its credentials. */
export interface HttpRequest {
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

/** A response of any status, read to its end. */
export interface HttpResponse {
  readonly method: string;
  readonly route: string;
  /** Without its query. */
  readonly url: string;
  readonly attempt: number;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The media type of the request; undefined if it had no body. */
  readonly sentAs: string | undefined;
}

/** How HTTP requests are sent. */
export interface HttpOptions {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** The most redirects that are followed for one request. */
const MAX_REDIRECTS = 5;

/** The codes that runtimes give to failures that happen before a connection is made. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
]);

/** The codes of certificates that are refused: the connection ends before the request is sent. */
const CERTIFICATE_REFUSED =
  /^(?:CERT_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|UNABLE_TO_(?:VERIFY|GET_ISSUER)_|HOSTNAME_MISMATCH$|ERR_SSL_WRONG_VERSION_NUMBER$)/;

/**
 * Sends one HTTP request and reads the whole response, whatever its status. The time limit includes the body and starts
 * again after a redirect. A redirect is followed only if it keeps method and body (307, 308) and stays at the same
 * origin, so that credentials go nowhere else (RFC 7644 section 3.12).
 *
 * @throws {TransportError} when there is no complete response, or one that redirects elsewhere
 */
export async function sendHttpRequest(request: HttpRequest, options: HttpOptions): Promise<HttpResponse> {
  let current = request;
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetchResponse(current, options);
    if (!isRedirect(response.status)) return response;
    const target = redirects < MAX_REDIRECTS ? redirectTarget(response, current.url) : undefined;
    if (target === undefined) {
      const { status } = response;
      const message = `responded with a redirect (${status}); only 307 and 308 to the same origin are followed`;
      throw failure(current, message, { reason: "not-scim", outcome: "unknown", status });
    }
    current = { ...current, url: target };
  }
}

/** Some runtimes report a redirect that they must not follow with status 0. */
function isRedirect(status: number): boolean {
  return status === 0 || (status >= 300 && status < 400);
}

function redirectTarget({ status, headers }: HttpResponse, from: string): string | undefined {
  const location = headers.get("location");
  if (location === null || (status !== 307 && status !== 308) || !URL.canParse(location, from)) return undefined;
  const target = new URL(location, from);
  const hasCredentials = target.username !== "" || target.password !== "";
  return target.origin === new URL(from).origin && !hasCredentials ? target.href : undefined;
}

async function fetchResponse(request: HttpRequest, options: HttpOptions): Promise<HttpResponse> {
  const { method, url, route, headers, body, signal, attempt } = request;
  const { timeoutMs, maxResponseBytes } = options;
  if (isAborted(signal)) throw failure(request, "aborted", { reason: "aborted", outcome: "not-sent" });
  const size = { isExceeded: false };
  // ky is loaded with the first request: programs without a client do not need it, and it makes Node load its fetch.
  const { default: ky, isNetworkError, isTimeoutError } = await import("ky");
  try {
    const pending = ky(url, {
      ...{ method, headers, body, signal },
      redirect: "manual",
      // Statuses and retries are left to `createSend`: ky would retry requests that may have taken effect.
      throwHttpErrors: false,
      retry: 0,
      timeout: timeoutMs,
      totalTimeout: timeoutMs,
      fetch: async (input) => limitedResponse(await options.fetch(input as Request), maxResponseBytes, size),
    });
    const response = await pending;
    const text = await pending.text();
    const sentAs = headers.get("content-type") ?? undefined;
    const { status } = response;
    return { method, route, url: shownUrl(url), attempt, status, headers: response.headers, text, sentAs };
  } catch (error) {
    if (isAborted(signal)) throw failure(request, "aborted", { reason: "aborted", outcome: "unknown" });
    if (isTimeoutError(error)) {
      const message = `no complete response within ${timeoutMs} ms`;
      throw failure(request, message, { reason: "timeout", outcome: "unknown" });
    }
    if (size.isExceeded) {
      const message = `the response is larger than ${maxResponseBytes} bytes`;
      throw failure(request, message, { reason: "not-scim", outcome: "unknown" });
    }
    // The message of ky's own error contains the query, which may contain personal data. Its cause does not.
    const cause = isNetworkError(error) ? error.cause : error;
    const outcome = neverConnected(cause) ? "not-sent" : "unknown";
    throw failure(request, "the connection failed", { reason: "network", outcome, cause });
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function neverConnected(cause: unknown): boolean {
  let error = cause;
  for (let depth = 0; depth < 4 && typeof error === "object" && error !== null; depth += 1) {
    const { code, cause: inner } = error as { code?: unknown; cause?: unknown };
    if (typeof code === "string" && (NOT_CONNECTED.has(code) || CERTIFICATE_REFUSED.test(code))) return true;
    error = inner;
  }
  return false;
}

function failure(
  { method, route, url, attempt }: HttpRequest,
  message: string,
  facts: {
    readonly reason: TransportReason;
    readonly outcome: TransportOutcome;
    readonly status?: number;
    readonly cause?: unknown;
  },
): TransportError {
  return new TransportError(`${method} ${route}: ${message}`, { url: shownUrl(url), attempt, ...facts });
}
