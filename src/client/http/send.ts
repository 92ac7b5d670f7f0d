import { isTransportError, TransportError } from "../../errors/transport-error.ts";
import type { ScimEvent } from "../../observe/events.ts";
import { isEntityTag } from "./entity-tag.ts";
import { withoutCredentials } from "./hide-credentials.ts";
import { type HttpOptions, type HttpRequest, type HttpResponse, sendHttpRequest } from "./http-request.ts";
import type { RequestCredentials } from "./request-credentials.ts";
import { type BaseUrl, type Query, requestUrl, shownUrl } from "./request-url.ts";
import { backoffMs, type Repeat, repeatsAfterFailure, repeatsAfterStatus, retryAfterMs } from "./retry.ts";
import type { TargetClock } from "./target-clock.ts";

/** A request as the parts of the client make it. */
export interface ScimRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** For events and errors, such as `/Users/{id}`. */
  readonly route: string;
  /** With a leading slash, encoded. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as `If-Match`. */
  readonly ifMatch?: string | undefined;
  /** @default "never" */
  readonly repeat?: Repeat | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request, repeats it where that is safe, and returns the last response, whatever its status.
 *
 * @throws {TransportError} when the last attempt had no complete response
 */
export type Send = (request: ScimRequest) => Promise<HttpResponse>;

/** How a client sends its requests. */
export interface SendOptions extends HttpOptions {
  readonly base: BaseUrl;
  readonly credentials: RequestCredentials;
  /** When requests may be sent. */
  readonly clock: TargetClock;
  readonly contentType: string;
  readonly userAgent: string;
  readonly attempts: number;
  readonly maxWaitMs: number;
  readonly tell: (event: () => ScimEvent) => void;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

const ACCEPT = "application/scim+json, application/json;q=0.9";

/** Makes the function that sends all requests of a client: with credentials, retries and events. */
export function createSend(options: SendOptions): Send {
  const { credentials, clock } = options;
  return async (request) => {
    const url = requestUrl(options.base, request.path, request.query);
    const authorized = { method: request.method, url, signal: request.signal };
    let isRenewed = false;
    let waitedFor: number | undefined;

    const sendWith = async (headers: Headers, attempt: number): Promise<HttpResponse> => {
      const { method, route, signal } = request;
      await clock.enter({ method, route, signal, url: shownUrl(url), attempt, waitedFor });
      const response = await sendReported(httpRequest(request, { url, headers, attempt }, options), options);
      clock.note(response);
      if (response.status < 400) return response;
      return { ...response, text: withoutCredentials(response.text, headers) };
    };

    /** Renews the credentials after the first 401 and sends the request again. */
    const sendAuthorized = async (attempt: number): Promise<HttpResponse> => {
      const headers = await credentials.headers(authorized);
      const response = await sendWith(headers, attempt);
      if (response.status !== 401 || isRenewed) return response;
      isRenewed = true;
      const renewed = await credentials.renewed(authorized, headers);
      if (renewed === undefined) return response;
      return sendWith(renewed, attempt);
    };

    for (let attempt = 1; ; attempt += 1) {
      const result = await sendAuthorized(attempt).catch(transportErrorOf);
      const waitMs = waitBeforeRetry(request, result, { ...options, attempt });
      if (waitMs === undefined || !clock.mayRetry()) {
        if (isTransportError(result)) throw result;
        return result;
      }
      const { method, route, signal } = request;
      options.tell(() => ({ type: "client.retry", method, route, attempt, waitMs }));
      waitedFor = clock.pause();
      if (await isAbortedDuring(options.sleep(waitMs, signal), signal)) {
        throw abortedBeforeRetry(request, url, result);
      }
    }
  };
}

/** Other errors are a mistake of this package or of the caller, and are not retried. */
function transportErrorOf(error: unknown): TransportError {
  if (isTransportError(error)) return error;
  throw error;
}

function httpRequest(
  request: ScimRequest,
  sent: { readonly url: string; readonly headers: Headers; readonly attempt: number },
  { userAgent, contentType }: SendOptions,
): HttpRequest {
  const { method, route, body, ifMatch, signal } = request;
  const headers = new Headers(sent.headers);
  headers.set("Accept", ACCEPT);
  headers.set("User-Agent", userAgent);
  if (body !== undefined) headers.set("Content-Type", contentType);
  if (ifMatch !== undefined) headers.set("If-Match", entityTag(ifMatch));
  return { ...sent, method, route, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) };
}

/** @throws {TypeError} for a version that cannot be in a header: the write would be unconditional without it */
function entityTag(version: string): string {
  if (isEntityTag(version)) return version;
  throw new TypeError("ifMatch: the version contains characters that are not allowed in a header");
}

/** Sends an HTTP request and reports the outcome to the observer. */
async function sendReported(request: HttpRequest, options: SendOptions): Promise<HttpResponse> {
  const { method, route, attempt } = request;
  const began = options.now();
  const tell = (result: Pick<Extract<ScimEvent, { type: "client.request" }>, "status" | "reason">): void => {
    const ms = options.now() - began;
    options.tell(() => ({ type: "client.request", method, route, ...result, ms, attempt }));
  };
  try {
    const response = await sendHttpRequest(request, options);
    tell({ status: response.status });
    return response;
  } catch (error) {
    if (isTransportError(error)) tell({ status: error.status, reason: error.reason });
    throw error;
  }
}

/** How long to wait before the request is sent again, in milliseconds; undefined if it is not. */
function waitBeforeRetry(
  request: ScimRequest,
  result: HttpResponse | TransportError,
  options: SendOptions & { readonly attempt: number },
): number | undefined {
  const { attempt, attempts, maxWaitMs, random, now } = options;
  if (attempt >= attempts) return undefined;
  const repeatable = { method: request.method, repeat: request.repeat ?? "never" };
  if (isTransportError(result)) {
    return repeatsAfterFailure(repeatable, result) ? backoffMs(attempt, maxWaitMs, random) : undefined;
  }
  const askedMs = retryAfterMs(result.headers, now);
  if (!repeatsAfterStatus(repeatable, result.status, askedMs !== undefined)) return undefined;
  if (askedMs === undefined) return backoffMs(attempt, maxWaitMs, random);
  // A request that comes earlier than asked for would be refused again. The error tells the caller how long to wait.
  return askedMs > maxWaitMs ? undefined : askedMs;
}

async function isAbortedDuring(sleeping: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await sleeping;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
  return signal?.aborted === true;
}

function abortedBeforeRetry(
  { method, route, repeat }: ScimRequest,
  url: string,
  last: HttpResponse | TransportError,
): TransportError {
  // A response after which a write may be repeated means that nothing happened. After a failure, its outcome holds.
  const outcome = isTransportError(last) ? last.outcome : repeat === "safe" ? "unknown" : "not-sent";
  const { attempt } = last;
  return new TransportError(`${method} ${route}: aborted`, { reason: "aborted", outcome, url: shownUrl(url), attempt });
}
