import type { IdentityProviderName } from "./history-options.ts";
import type { LoggedRequest } from "./request-record.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/**
 * After which silence an identity provider is late, in milliseconds. Entra ID runs a cycle about every 40 minutes and
 * checks its credentials in each; two cycles may be missed. The others send when something changes, so that silence
 * means nothing.
 *
 * @see https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works
 */
const LATE_AFTER_MS: Readonly<Partial<Record<IdentityProviderName, number>>> = { entra: 2.5 * 40 * MINUTE_MS };

/** Statuses that say that the identity provider is not served, whatever it asks. */
const NOT_SERVED: ReadonlySet<number> = new Set([401, 403, 429]);

/** A credential that expires soon, or has expired. */
export interface ExpiringCredential {
  readonly id: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly expires: string;
  /** Whole days left; 0 or less if it has expired. */
  readonly daysLeft: number;
}

/** How a source does. */
export interface SourceHealth {
  /**
   * `never`: no request yet. `failing`: the last request was not served (401, 403, 429 or 5xx). `stuck`: changes wait
   * longer than a delivery may take. `late`: the identity provider should have sent a request by now. `ok`: none of them.
   */
  readonly state: "ok" | "never" | "failing" | "stuck" | "late";
  /** The same for people, one sentence for each finding; empty if all is well. */
  readonly reasons: readonly string[];
  readonly lastRequest: Pick<LoggedRequest, "at" | "method" | "route" | "status" | "detail"> | undefined;
  /** When the last response below 400 was sent, ISO 8601. */
  readonly lastSuccess: string | undefined;
  /** After which silence the identity provider is late, in milliseconds; undefined if it sends only what changed. */
  readonly lateAfterMs: number | undefined;
  /** How many changes wait to be finished or delivered. */
  readonly waiting: number;
  /** Since when the oldest of them waits, ISO 8601. */
  readonly oldestWaiting: string | undefined;
  /** Tokens that expire within 30 days or have expired, the first one first. */
  readonly expiring: readonly ExpiringCredential[];
}

/** What the health of a source is judged by. */
export interface Observations {
  readonly lastRequest: LoggedRequest | undefined;
  readonly lastSuccess: string | undefined;
  readonly identityProvider: IdentityProviderName;
  readonly waiting: number;
  readonly oldestWaiting: string | undefined;
  /** How long a change may wait, in milliseconds. */
  readonly longestWaitMs: number;
  readonly credentials: readonly { readonly id: string; readonly name: string; readonly expires: string | undefined }[];
  readonly now: number;
}

/** Judges what is known of a source. */
export function healthOf(seen: Observations): SourceHealth {
  const lateAfterMs = LATE_AFTER_MS[seen.identityProvider];
  const findings = [...neverAsked(seen), ...notServed(seen), ...stuck(seen), ...late(seen, lateAfterMs)];
  const expiring = expiringOf(seen);
  const { lastSuccess, waiting, oldestWaiting } = seen;
  return {
    state: findings[0]?.state ?? "ok",
    reasons: [...findings.map(({ reason }) => reason), ...expiring.map(sentenceOf)],
    lastRequest: seen.lastRequest && shownOf(seen.lastRequest),
    ...{ lastSuccess, lateAfterMs, waiting, oldestWaiting, expiring },
  };
}

interface Finding {
  readonly state: Exclude<SourceHealth["state"], "ok">;
  readonly reason: string;
}

function neverAsked({ lastRequest }: Observations): Finding[] {
  if (lastRequest !== undefined) return [];
  return [{ state: "never", reason: "The identity provider has sent no request yet" }];
}

function notServed({ lastRequest }: Observations): Finding[] {
  if (lastRequest === undefined) return [];
  const { status, method, route, at, detail } = lastRequest;
  if (status < 500 && !NOT_SERVED.has(status)) return [];
  const why = detail === undefined ? "" : `: ${detail}`;
  return [{ state: "failing", reason: `The last request (${method} ${route}, ${at}) got ${status}${why}` }];
}

function stuck({ waiting, oldestWaiting, longestWaitMs, now }: Observations): Finding[] {
  if (oldestWaiting === undefined || Date.parse(oldestWaiting) + longestWaitMs > now) return [];
  const changes = waiting === 1 ? "1 change waits" : `${waiting} changes wait`;
  return [{ state: "stuck", reason: `${changes} for the directory, the oldest since ${oldestWaiting}` }];
}

function late({ lastRequest, now }: Observations, lateAfterMs: number | undefined): Finding[] {
  if (lastRequest === undefined || lateAfterMs === undefined) return [];
  if (Date.parse(lastRequest.at) + lateAfterMs > now) return [];
  const minutes = Math.round(lateAfterMs / MINUTE_MS);
  return [{ state: "late", reason: `No request since ${lastRequest.at}, but one is due within ${minutes} minutes` }];
}

function expiringOf({ credentials, now }: Observations): ExpiringCredential[] {
  return credentials
    .flatMap(({ id, name, expires }) => {
      const daysLeft = expires === undefined ? undefined : Math.floor((Date.parse(expires) - now) / DAY_MS);
      return expires === undefined || daysLeft === undefined || daysLeft >= SOON_DAYS
        ? []
        : [{ id, name, expires, daysLeft }];
    })
    .sort((a, b) => Date.parse(a.expires) - Date.parse(b.expires));
}

function sentenceOf({ name, expires }: ExpiringCredential): string {
  return `The credential "${name}" expires at ${expires}`;
}

function shownOf({ at, method, route, status, detail }: LoggedRequest): SourceHealth["lastRequest"] {
  return { at, method, route, status, detail };
}
