import { TransportError } from "../../errors/transport-error.ts";
import { isDue } from "../../timing/due.ts";
import type { HttpResponse } from "./http-request.ts";
import { retryAfterMs } from "./retry.ts";

/** The longest pause that a service provider gets, in milliseconds. */
const LONGEST_PAUSE_MS = 3_600_000;
/** How much slower requests are sent after a 429, and how much faster after each success, as a part of the rate. */
const SLOWER = 0.5;
const FASTER = 0.02;
/** The slowest rate, as a part of `requestsPerSecond`. */
const SLOWEST = 0.05;
/** How many repetitions a service provider may get at once, and how many requests it must accept for another one. */
const RETRIES = 20;
const REQUESTS_PER_RETRY = 5;

/** What is requested, for errors. */
export interface Entering {
  readonly method: string;
  readonly route: string;
  readonly url: string;
  readonly attempt: number;
  readonly signal: AbortSignal | undefined;
  /** The pause for which the request has waited already, as `pause` returned it. */
  readonly waitedFor: number | undefined;
}

/** Options of `TargetClock`. */
export interface TargetClockOptions {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** The longest time that a request waits for a pause to end, in milliseconds. */
  readonly maxWaitMs: number;
  /** The most requests in a second; undefined for no limit. */
  readonly requestsPerSecond: number | undefined;
}

/**
 * When requests to one service provider may be sent. All requests of a client share it: a pause that one response asks for
 * holds back all of them.
 */
export class TargetClock {
  private readonly options: TargetClockOptions;
  /** Milliseconds since 1970. */
  private until = 0;
  /** When the next request may be sent, and the present rate. */
  private next = 0;
  private rate: number;
  private retries = RETRIES;

  constructor(options: TargetClockOptions) {
    this.options = options;
    this.rate = options.requestsPerSecond ?? Number.POSITIVE_INFINITY;
  }

  /** The end of the present pause; undefined if there is none. */
  pausedUntil(): Date | undefined {
    return this.pauseMs() > 0 ? new Date(this.until) : undefined;
  }

  /** The present pause, for `waitedFor`. */
  pause(): number {
    return this.until;
  }

  /**
   * Waits until a request may be sent.
   *
   * @throws {TransportError} `paused` if the pause is longer than a request waits: nothing is sent
   */
  async enter(request: Entering): Promise<void> {
    const { sleep, maxWaitMs } = this.options;
    let { waitedFor } = request;
    while (this.until !== waitedFor && this.pauseMs() > 0) {
      const pauseMs = this.pauseMs();
      if (pauseMs > maxWaitMs) throw paused(request, pauseMs);
      waitedFor = this.until;
      await sleep(pauseMs, request.signal);
      // The request reports itself that it was aborted.
      if (request.signal?.aborted === true) return;
    }
    const waitMs = this.reserve();
    if (waitMs > 0) await sleep(waitMs, request.signal);
  }

  /** Notes a response: a pause that it asks for, and whether requests are sent too fast. */
  note(response: HttpResponse): void {
    const { requestsPerSecond = Number.POSITIVE_INFINITY, now } = this.options;
    const pauseMs = pauseAskedFor(response, now);
    if (pauseMs !== undefined) {
      this.until = Math.max(this.pauseMs() > 0 ? this.until : 0, now() + Math.min(pauseMs, LONGEST_PAUSE_MS));
    }
    if (response.status === 429) this.rate = Math.max(this.rate * SLOWER, requestsPerSecond * SLOWEST);
    if (response.status >= 400) return;
    this.rate = Math.min(requestsPerSecond, this.rate + requestsPerSecond * FASTER);
    this.retries = Math.min(RETRIES, this.retries + 1 / REQUESTS_PER_RETRY);
  }

  /** Whether a request may be repeated: a service provider that is down does not get all requests several times. */
  mayRetry(): boolean {
    if (this.retries < 1) return false;
    this.retries -= 1;
    return true;
  }

  private pauseMs(): number {
    const now = this.options.now();
    return isDue(this.until, now, LONGEST_PAUSE_MS) ? 0 : this.until - now;
  }

  /** Takes the next place in the line of requests. Returns how long to wait for it. */
  private reserve(): number {
    if (this.rate === Number.POSITIVE_INFINITY) return 0;
    const now = this.options.now();
    // A clock that was set back must not hold up the line.
    const start = this.next > now + LONGEST_PAUSE_MS ? now : Math.max(this.next, now);
    this.next = start + 1000 / this.rate;
    return Math.ceil(start - now);
  }
}

/**
 * The pause that a response asks for, in milliseconds: a 429 or a 503 with `Retry-After`, and a 403 with it or with a rate
 * limit that is used up. GitHub sends the reset with every response, so it alone says nothing.
 */
function pauseAskedFor(response: HttpResponse, now: () => number): number | undefined {
  const { status, headers } = response;
  if (status !== 429 && status !== 503 && status !== 403) return undefined;
  const asked = retryAfterMs(headers, now);
  if (asked !== undefined || status === 503) return asked;
  if (headers.get("x-ratelimit-remaining")?.trim() !== "0") return undefined;
  return untilReset(headers.get("x-ratelimit-reset"), now());
}

/** `x-ratelimit-reset`: seconds from now, or since 1970. */
function untilReset(text: string | null, now: number): number | undefined {
  const seconds = Number(text ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds < 0) return undefined;
  const isDate = seconds > 1_000_000_000;
  return Math.max(0, isDate ? seconds * 1000 - now : seconds * 1000);
}

function paused({ method, route, url, attempt }: Entering, pauseMs: number): TransportError {
  const seconds = Math.ceil(pauseMs / 1000);
  const text = `${method} ${route}: the service provider accepts no requests for ${seconds} seconds`;
  return new TransportError(text, { reason: "paused", outcome: "not-sent", url, attempt, retryAfterMs: pauseMs });
}
