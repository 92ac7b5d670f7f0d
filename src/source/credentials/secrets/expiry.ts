import * as z from "zod/mini";
import { dueExpiryNotice } from "../../../timing/expiry-notice.ts";

const DAY_MS = 86_400_000;
/** The longest that a replaced secret can stay valid: a year. */
const MAX_OVERLAP_MS = 366 * DAY_MS;
/** How long a replaced secret stays valid unless the caller says otherwise. */
const DEFAULT_OVERLAP_MS = DAY_MS;

/** What is stored of each secret, whatever it is for. Times are ISO 8601 in UTC. */
export interface StoredSecret {
  /** SHA-256 of the whole text, in hexadecimal digits. */
  readonly hash: string;
  readonly created: string;
  readonly expires?: string | undefined;
  /** How long it was to live when it was issued, in milliseconds: its replacement lives as long. */
  readonly lifetimeMs?: number | undefined;
  /** Whether another one replaced it, so that its end needs no notice. */
  readonly isReplaced?: boolean | undefined;
  /** The last notice that was given, in days before it expires. */
  readonly noticed?: number | undefined;
}

/** Reads `StoredSecret`, as a part of a schema. */
export const storedSecretShape: Readonly<{ [Name in keyof StoredSecret]-?: z.ZodMiniType<StoredSecret[Name]> }> = {
  hash: z.string(),
  created: z.string(),
  expires: z.optional(z.string()),
  lifetimeMs: z.optional(z.number()),
  isReplaced: z.optional(z.boolean()),
  noticed: z.optional(z.number()),
};

/** Options of `rotate`. */
export interface RotateOptions {
  /** How long the old secret stays valid, in milliseconds; at most 366 days. @default 86400000, a day */
  readonly overlapMs?: number;
  /** When the new secret expires. @default after the time for which the old one was issued; never if it had none */
  readonly expiresAt?: Date;
}

/** Reads `RotateOptions`. */
export const rotateSchema: z.ZodMiniType<{ overlapMs: number; expiresAt?: Date | undefined }> = z.strictObject({
  overlapMs: z._default(z.int().check(z.nonnegative(), z.maximum(MAX_OVERLAP_MS)), DEFAULT_OVERLAP_MS),
  expiresAt: z.optional(z.date({ error: "must be a valid Date" })),
});

/** The stored form of a new secret. @throws {TypeError} beginning with `where` for an expiry that is not in the future */
export function newStoredSecret(
  hash: string,
  expiresAt: Date | undefined,
  { now, where }: { readonly now: number; readonly where: string },
): StoredSecret {
  if (expiresAt !== undefined && expiresAt.getTime() <= now) {
    throw new TypeError(`${where}: expiresAt: must be in the future`);
  }
  const lifetimeMs = expiresAt && expiresAt.getTime() - now;
  return { hash, created: isoTime(now), expires: expiresAt?.toISOString(), lifetimeMs };
}

/** When the new secret of a rotation expires, if the caller does not say. */
export function inheritedExpiry({ lifetimeMs }: StoredSecret, now: number): Date | undefined {
  return lifetimeMs === undefined ? undefined : new Date(now + lifetimeMs);
}

/** The same secret, which ends after the overlap at the latest. */
export function endingSecret<T extends StoredSecret>(secret: T, now: number, overlapMs: number): T {
  const end = Math.min(now + overlapMs, endOf(secret));
  return { ...secret, expires: isoTime(end), isReplaced: true };
}

/** Whether the secret has expired. */
export function hasExpired(secret: StoredSecret, now: number): boolean {
  return endOf(secret) <= now;
}

/** The notice that is due for a secret now, in days before it expires; undefined if there is none. */
export function dueNotice(secret: StoredSecret, now: number): number | undefined {
  if (secret.expires === undefined || secret.isReplaced === true) return undefined;
  const { created, noticed } = secret;
  return dueExpiryNotice({ expiresAt: endOf(secret), since: Date.parse(created), noticed }, now);
}

function endOf({ expires }: StoredSecret): number {
  return expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
