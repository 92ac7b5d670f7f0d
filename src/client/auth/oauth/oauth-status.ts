import { isTokenRequestError } from "../../../errors/token-request-error.ts";
import type { TokenHolder } from "./token-holder.ts";
import { hasExpired } from "./token-set.ts";

/** What is known of the tokens of a client. It contains no secret. */
export interface OAuthStatus {
  /**
   * `authenticated`: there is a token, or it can be renewed without a person. `unauthenticated`: there is none. `failed`:
   * the last request for one failed.
   */
  readonly state: "authenticated" | "unauthenticated" | "failed";
  /** When the present access token expires; undefined if it is unknown. It is renewed before. */
  readonly expiresAt?: Date;
  /** The scope that was granted, if the authorization server says it. */
  readonly scope?: string;
  /** Who authorized the client, as `authorize` returned it. Only for `oauthInteractive`. */
  readonly by?: string;
  /** When they did. */
  readonly since?: Date;
  /** What is wrong, with the words of the authorization server. */
  readonly problem?: string;
  /** What a person must do; undefined if nothing. */
  readonly todo?: string;
}

/** Options of `statusOf`. */
export interface StatusOptions {
  readonly now: () => number;
  /** Whether tokens can be renewed without a refresh token. */
  readonly isSilent: boolean;
}

const REAUTHORIZE = "Authorize again: open the redirectUri, or the URL of start(), in a browser";

/** Describes the tokens of a client, without a request to the authorization server. */
export async function statusOf(holder: TokenHolder, { now, isSilent }: StatusOptions): Promise<OAuthStatus> {
  const tokens = await holder.present();
  const failure = holder.lastFailure();
  const problem = failure === undefined ? undefined : textOf(failure);
  const known = tokens && {
    expiresAt: tokens.expiresAt === undefined ? undefined : new Date(tokens.expiresAt),
    scope: tokens.scope,
    by: tokens.by,
    since: tokens.authorizedAt === undefined ? undefined : new Date(tokens.authorizedAt),
  };
  if (problem !== undefined) {
    const isTemporary = !isTokenRequestError(failure) || failure.isTemporary;
    const todo = isTemporary ? undefined : isSilent ? "Correct the credentials of the client" : REAUTHORIZE;
    return { state: "failed", ...known, problem, todo };
  }
  const isRenewable = isSilent || tokens?.refreshToken !== undefined;
  if (tokens !== undefined && (isRenewable || !hasExpired(tokens, now()))) return { state: "authenticated", ...known };
  const todo = isSilent ? undefined : tokens === undefined ? REAUTHORIZE.replace("again", "the client") : REAUTHORIZE;
  return { state: "unauthenticated", ...known, todo };
}

function textOf(error: unknown): string {
  return isTokenRequestError(error) ? error.message : "The tokens could not be read or requested";
}
