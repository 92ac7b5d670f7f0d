import { TooManyRequestsError } from "../../../errors/request-errors.ts";
import { isDue } from "../../../timing/due.ts";
import { networkOf } from "./client-address.ts";

/** Failures are forgotten when there was none for so long, in milliseconds. */
const WINDOW_MS = 60_000;
/** So many failures of an address get their response at once. */
const FREE = 10;
/** The first wait in milliseconds. Each further failure doubles it. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;
/** The most addresses that are remembered; beyond it the one that failed first is forgotten. */
const MAX_ADDRESSES = 10_000;
/** The most failed requests that wait at the same time. */
const MAX_WAITING = 100;

/** Waits some milliseconds, or until the signal aborts. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** What counting failed attempts needs. */
export interface FailedAttemptsOptions {
  readonly now: () => number;
  readonly wait: Wait;
  /** The address of the client that sent a request; undefined if it is unknown. */
  readonly addressOf: (request: Request) => string | undefined;
}

/**
 * Counts failed attempts to authenticate by the address of the client, in this process, and slows down the responses to
 * them. It counts failures only, so that a request with valid credentials never waits.
 */
export class FailedAttempts {
  private readonly options: FailedAttemptsOptions;
  /** Oldest first. */
  private readonly failures: Map<string, { readonly count: number; readonly until: number }> = new Map();
  private waiting = 0;

  constructor(options: FailedAttemptsOptions) {
    this.options = options;
  }

  /**
   * Counts a failure, and waits as long as the response should wait. Without an address it neither counts nor waits.
   *
   * @throws {TooManyRequestsError} if too many failed requests wait already
   */
  async slowDown(request: Request): Promise<void> {
    const address = this.options.addressOf(request);
    if (address === undefined) return;
    const ms = this.count(networkOf(address));
    if (ms === 0) return;
    if (this.waiting >= MAX_WAITING) {
      throw new TooManyRequestsError("Too many requests with invalid credentials", { retryAfterMs: LONGEST_WAIT_MS });
    }
    this.waiting += 1;
    try {
      await this.options.wait(ms, request.signal);
    } finally {
      this.waiting -= 1;
    }
  }

  /** Counts a failure. Returns how long the response should wait, in milliseconds. */
  private count(network: string): number {
    const now = this.options.now();
    const known = this.failures.get(network);
    const before = known === undefined || isDue(known.until, now, WINDOW_MS) ? 0 : known.count;
    this.failures.delete(network);
    const [oldest] = this.failures.keys();
    if (oldest !== undefined && this.failures.size >= MAX_ADDRESSES) this.failures.delete(oldest);
    this.failures.set(network, { count: before + 1, until: now + WINDOW_MS });
    return before < FREE ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (before - FREE));
  }
}
