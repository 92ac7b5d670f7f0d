const DAY_MS = 86_400_000;

/** How many days before something expires there is a notice, most first. */
const NOTICE_DAYS = [30, 7, 1] as const;

/** Something that expires. Times are milliseconds since 1970. */
export interface Expiring {
  readonly expiresAt: number;
  /** Since when it has existed: what was issued for five days has no notice of seven. */
  readonly since: number;
  /** The last notice that was given, in days before it expires. */
  readonly noticed: number | undefined;
}

/** The notice that is due now, in days before it expires; undefined if there is none. */
export function dueExpiryNotice({ expiresAt, since, noticed }: Expiring, now: number): number | undefined {
  if (expiresAt <= now) return undefined;
  const days = NOTICE_DAYS.findLast((each) => expiresAt - each * DAY_MS <= now);
  if (days === undefined || (noticed !== undefined && noticed <= days)) return undefined;
  return since <= expiresAt - days * DAY_MS ? days : undefined;
}
