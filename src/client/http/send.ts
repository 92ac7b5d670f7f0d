import { isTransportError, TransportError } from "../../errors/transport-error.ts";
import type { ScimEvent } from "../../observe/events.ts";
import type { RequestCredentials } from "./request-credentials.ts";
import { type BaseUrl, type Query, requestUrl, shownUrl } from "./request-url.ts";
import { backoffMs, type Repeat, repeatsAfterFailure, repeatsAfterStatus, retryAfterMs } from "./retry.ts";
import { type Answer, type Transmission, type TransportOptions, transmit } from "./transport.ts";

/** One request as the parts of the client ask for it. */
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

/** Sends a request, again where that is safe, and gives the answer it ended with, whatever its status. */
export type Exchange = (request: ScimRequest) => Promise<Answer>;

/** What an exchange is made of. */
export interface ExchangeOptions extends TransportOptions {
  readonly base: BaseUrl;
  readonly credentials: RequestCredentials;
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

/** Makes the part of a client that all its requests go through: credentials, repeats, events. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { credentials } = options;

  /** One try; a 401 is tried once more with other credentials, if there are any. */
  const attemptOnce = async (request: ScimRequest, url: string, state: { attempt: number; renewed: boolean }) => {
    const authorized = { method: request.method, url, signal: request.signal };
    const headers = await credentials.headers(authorized);
    const answer = await sendOnce(request, { url, headers, attempt: state.attempt }, options);
    if (answer.status !== 401 || state.renewed) return answer;
    state.renewed = true;
    const others = await credentials.renewed(authorized, headers);
    if (others === undefined) return answer;
    return sendOnce(request, { url, headers: others, attempt: state.attempt }, options);
  };

  return async (request) => {
    const url = requestUrl(options.base, request.path, request.query);
    const policy = { method: request.method, repeat: request.repeat ?? "never" };
    const state = { attempt: 1, renewed: false };
    for (; ; state.attempt += 1) {
      const ended = await attemptOnce(request, url, state).catch((error: unknown) => thrownTransport(error));
      const wait = waitBefore(ended, policy, state.attempt, options);
      if (wait === undefined) {
        if (isTransportError(ended)) throw ended;
        return ended;
      }
      const { method, route, signal } = request;
      options.tell(() => ({ type: "client.retry", method, route, attempt: state.attempt, waitMs: wait }));
      const aborted = await interrupted(options.sleep(wait, signal), signal);
      if (aborted) throw abortedWhileWaiting(request, url, ended);
    }
  };
}

/** What is not a failure of the transport is a mistake of ours or of the caller, and no reason to try again. */
function thrownTransport(error: unknown): TransportError {
  if (isTransportError(error)) return error;
  throw error;
}

/** How long to wait before the next try, in milliseconds; undefined if there is none. */
function waitBefore(
  ended: Answer | TransportError,
  policy: { readonly method: string; readonly repeat: Repeat },
  attempt: number,
  options: ExchangeOptions,
): number | undefined {
  if (attempt >= options.attempts) return undefined;
  const { maxWaitMs, random, now } = options;
  if (isTransportError(ended)) {
    return repeatsAfterFailure(policy, ended) ? backoffMs(attempt, maxWaitMs, random) : undefined;
  }
  const asked = retryAfterMs(ended.headers, now);
  if (!repeatsAfterStatus(policy, ended.status, asked !== undefined)) return undefined;
  if (asked === undefined) return backoffMs(attempt, maxWaitMs, random);
  // Coming back earlier than asked would be refused again: the caller is told when, and decides.
  return asked > maxWaitMs ? undefined : asked;
}

async function interrupted(sleeping: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await sleeping;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
  return signal?.aborted === true;
}

function abortedWhileWaiting(request: ScimRequest, url: string, last: Answer | TransportError): TransportError {
  // After an answer that a write may follow, nothing has happened; after a failure, what is known of that.
  const outcome = isTransportError(last) ? last.outcome : request.repeat === "safe" ? "unknown" : "not-sent";
  return new TransportError(`${request.method} ${request.route}: aborted`, {
    reason: "aborted",
    outcome,
    url: shownUrl(url),
    attempt: last.attempt,
  });
}

async function sendOnce(
  request: ScimRequest,
  sent: { readonly url: string; readonly headers: Headers; readonly attempt: number },
  options: ExchangeOptions,
): Promise<Answer> {
  const { method, route } = request;
  const { attempt } = sent;
  const began = options.now();
  const tell = (facts: Pick<Extract<ScimEvent, { type: "client.request" }>, "status" | "reason">): void => {
    const ms = options.now() - began;
    options.tell(() => ({ type: "client.request", method, route, ...facts, ms, attempt }));
  };
  try {
    const answer = await transmit(transmissionOf(request, sent, options), options);
    tell({ status: answer.status });
    return answer;
  } catch (error) {
    if (isTransportError(error)) tell({ status: error.status, reason: error.reason });
    throw error;
  }
}

function transmissionOf(
  request: ScimRequest,
  { url, headers: credentials, attempt }: { readonly url: string; readonly headers: Headers; readonly attempt: number },
  options: ExchangeOptions,
): Transmission {
  const headers = new Headers(credentials);
  headers.set("Accept", ACCEPT);
  headers.set("User-Agent", options.userAgent);
  if (request.body !== undefined) headers.set("Content-Type", options.contentType);
  if (request.ifMatch !== undefined) headers.set("If-Match", request.ifMatch);
  return {
    method: request.method,
    url,
    route: request.route,
    headers,
    body: request.body === undefined ? undefined : JSON.stringify(request.body),
    signal: request.signal,
    attempt,
  };
}
