import * as z from "zod/mini";
import { functionOption, resolveOptions } from "../../options/resolve-options.ts";
import { once } from "../../timing/once.ts";
import { isObject } from "../../values/is-object.ts";
import type { ClientAuth } from "./client-auth.ts";
import type { SignedAssertion } from "./oauth/grants.ts";
import {
  completeOAuthOptions,
  type OAuthOptions,
  oauthShape,
  type ResolvedOAuthOptions,
  signingKeyOption,
} from "./oauth/oauth-options.ts";
import type { OAuthStatus } from "./oauth/oauth-status.ts";
import type { TokenHolder } from "./oauth/token-holder.ts";
import type { Grant } from "./oauth/token-request.ts";
import { tokenAuth } from "./token-auth.ts";

/** Credentials of a client that are OAuth tokens. */
export interface OAuthClientAuth extends ClientAuth {
  /** What is known of the tokens, without a request to the authorization server. */
  status(): Promise<OAuthStatus>;
}

/** Options of `oauthClientCredentials`. */
export interface OAuthClientCredentialsOptions extends OAuthOptions {
  clientId: string;
}

/** Options of `oauthJwtBearer`. */
export interface OAuthJwtBearerOptions extends OAuthOptions {
  /** Returns a signed JWT for each token request; or what to sign, and with which key. */
  assertion: (() => string | Promise<string>) | SignedAssertion;
}

/** Options of `oauthRefreshToken`. */
export interface OAuthRefreshTokenOptions extends OAuthOptions {
  clientId: string;
  /**
   * The refresh token that a person has obtained. If the authorization server replaces it, `storage` keeps the new one, and
   * this one is used again only after it was changed here. Without `storage` a restart needs this one again.
   */
  refreshToken: string;
}

/** Options of `oauthGrant`. */
export interface OAuthGrantOptions extends OAuthOptions {
  clientId: string;
  /** The `grant_type`, such as `account_credentials`. */
  grantType: string;
}

const text = (): z.ZodMiniType<string> => z.string().check(z.minLength(1));

/** A zod type for what is signed, or a function that returns a JWT. */
function assertionOption(): z.ZodMiniType<OAuthJwtBearerOptions["assertion"]> {
  const isSigned = (value: unknown): boolean =>
    isObject(value) &&
    ["issuer", "subject", "audience"].every((name) => typeof value[name] === "string") &&
    z.safeParse(signingKeyOption(), { key: value.key, alg: value.alg, kid: value.kid }).success;
  return z.union([functionOption<() => string | Promise<string>>(), z.custom<SignedAssertion>(isSigned)], {
    error: "must be a function that returns a JWT, or { key, alg, issuer, subject, audience }",
  });
}

/**
 * Tokens by the client credentials grant (RFC 6749 section 4.4). A token is requested with the first request, renewed
 * before it expires and once after a 401, and shared by all requests.
 *
 * @throws {TypeError} when an option is missing, wrong or in conflict
 */
export function oauthClientCredentials(options: OAuthClientCredentialsOptions): OAuthClientAuth {
  const where = "oauthClientCredentials";
  const resolved = completeOAuthOptions(
    where,
    resolveOptions(where, z.strictObject({ ...oauthShape(), clientId: text() }), options),
  );
  if (resolved.clientAuthentication === "none") {
    throw new TypeError(`${where}: clientSecret: is missing: pass clientSecret or clientKey`);
  }
  return silentAuth(resolved, async () => (await import("./oauth/grants.ts")).plainGrant("client_credentials"));
}

/**
 * Tokens by a JWT bearer assertion (RFC 7523 section 2.1), for example of Salesforce or Google.
 *
 * @throws {TypeError} when an option is missing, wrong or in conflict
 */
export function oauthJwtBearer(options: OAuthJwtBearerOptions): OAuthClientAuth {
  const where = "oauthJwtBearer";
  const schema = z.strictObject({ ...oauthShape(), assertion: assertionOption() });
  const { assertion, ...rest } = resolveOptions(where, schema, options);
  const resolved = completeOAuthOptions(where, rest);
  return silentAuth(resolved, async () => (await import("./oauth/grants.ts")).assertionGrant(assertion, resolved.now));
}

/**
 * Tokens by another grant, whose parameters are in `parameters`; for example Zoom's `account_credentials`.
 *
 * @throws {TypeError} when an option is missing, wrong or in conflict
 */
export function oauthGrant(options: OAuthGrantOptions): OAuthClientAuth {
  const where = "oauthGrant";
  const schema = z.strictObject({ ...oauthShape(), clientId: text(), grantType: text() });
  const { grantType, ...rest } = resolveOptions(where, schema, options);
  const resolved = completeOAuthOptions(where, rest);
  return silentAuth(resolved, async () => (await import("./oauth/grants.ts")).plainGrant(grantType));
}

/**
 * Tokens by a refresh token (RFC 6749 section 6) that a person has obtained elsewhere. See `oauthInteractive` for one that
 * is obtained in a browser.
 *
 * @throws {TypeError} when an option is missing, wrong or in conflict
 */
export function oauthRefreshToken(options: OAuthRefreshTokenOptions): OAuthClientAuth {
  const where = "oauthRefreshToken";
  const schema = z.strictObject({ ...oauthShape(), clientId: text(), refreshToken: text() });
  const { refreshToken: configured, ...rest } = resolveOptions(where, schema, options);
  const resolved = completeOAuthOptions(where, rest);
  const holder = once(async () => {
    const parts = await loadParts();
    const server = parts.authorizationServer(resolved);
    return parts.createHolder(resolved, {
      request: async (known) => {
        const about = await parts.refreshTokenOf(configured, known);
        const issued = await parts.requestTokens(async () => parts.refreshGrant(about.refreshToken), {
          options: resolved,
          server,
        });
        return { issued, about };
      },
      accepts: async ({ origin }) => origin === (await parts.refreshTokenOf(configured, undefined)).origin,
    });
  });
  return authOf(holder, resolved);
}

function silentAuth(
  options: ResolvedOAuthOptions,
  loadGrant: () => Promise<(skewMs: number) => Promise<Grant>>,
): OAuthClientAuth {
  const holder = once(async () => {
    const [parts, grant] = [await loadParts(), await loadGrant()];
    const server = parts.authorizationServer(options);
    return parts.createHolder(options, {
      request: async () => ({ issued: await parts.requestTokens(grant, { options, server }) }),
    });
  });
  return authOf(holder, options);
}

function authOf(holder: () => Promise<TokenHolder>, { now }: ResolvedOAuthOptions): OAuthClientAuth {
  return Object.freeze({
    ...tokenAuth(holder),
    status: async () => (await import("./oauth/oauth-status.ts")).statusOf(await holder(), { now, isSilent: true }),
  });
}

/** Loaded with the first request: many programs use a static token. */
async function loadParts() {
  const [{ authorizationServer }, { createHolder }, { requestTokens }, { refreshGrant, refreshTokenOf }] =
    await Promise.all([
      import("./oauth/authorization-server.ts"),
      import("./oauth/create-holder.ts"),
      import("./oauth/token-request.ts"),
      import("./oauth/grants.ts"),
    ]);
  return { authorizationServer, createHolder, requestTokens, refreshGrant, refreshTokenOf };
}
