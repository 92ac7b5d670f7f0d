import * as z from "zod/mini";
import type { CredentialsValue } from "../../../storage/state/sealed-credentials.ts";
import { isDue } from "../../../timing/due.ts";

/** What an authorization server has issued. Times are milliseconds since 1970. */
export interface TokenSet {
  readonly accessToken: string;
  readonly obtainedAt: number;
  /** Undefined if the server does not say when the access token expires. */
  readonly expiresAt?: number | undefined;
  readonly refreshToken?: string | undefined;
  readonly scope?: string | undefined;
  /** Who authorized it, for the interactive mode. */
  readonly by?: string | undefined;
  /** When they did. */
  readonly authorizedAt?: number | undefined;
  /** A digest of the refresh token in the options that this one descends from. */
  readonly origin?: string | undefined;
}

/** The longest time before its end at which an access token is renewed, in milliseconds. */
const EARLY_MS = 60_000;

const schema: z.ZodMiniType<TokenSet> = z.object({
  accessToken: z.string().check(z.minLength(1)),
  obtainedAt: z.number(),
  expiresAt: z.optional(z.number()),
  refreshToken: z.optional(z.string()),
  scope: z.optional(z.string()),
  by: z.optional(z.string()),
  authorizedAt: z.optional(z.number()),
  origin: z.optional(z.string()),
});

/** A stored value as tokens; undefined if it has another form, so that new tokens are requested. */
export function readTokenSet(value: CredentialsValue): TokenSet | undefined {
  const result = z.safeParse(schema, value, { jitless: true });
  return result.success ? result.data : undefined;
}

/** Whether the access token should be renewed: within its last tenth, and at most a minute before its end. */
export function needsRenewal(tokens: TokenSet, now: number): boolean {
  const lifetimeMs = lifetimeOf(tokens);
  return lifetimeMs !== undefined && isDue(endOf(tokens) - Math.min(EARLY_MS, lifetimeMs / 10), now, lifetimeMs);
}

/** Whether the access token cannot be used any more. A clock that was set back does not make it live longer. */
export function hasExpired(tokens: TokenSet, now: number): boolean {
  const lifetimeMs = lifetimeOf(tokens);
  return lifetimeMs !== undefined && isDue(endOf(tokens), now, lifetimeMs);
}

function endOf({ expiresAt = Number.POSITIVE_INFINITY }: TokenSet): number {
  return expiresAt;
}

function lifetimeOf({ expiresAt, obtainedAt }: TokenSet): number | undefined {
  return expiresAt === undefined ? undefined : Math.max(0, expiresAt - obtainedAt);
}
