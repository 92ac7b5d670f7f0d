import { isScimError } from "../../errors/scim-error.ts";
import { isTokenRequestError } from "../../errors/token-request-error.ts";
import { once } from "../../timing/once.ts";
import type { InteractiveTokens } from "./oauth/interactive.ts";
import { type OAuthInteractiveOptions, resolveInteractiveOptions } from "./oauth/interactive-options.ts";
import type { OAuthStatus } from "./oauth/oauth-status.ts";
import type { OAuthClientAuth } from "./oauth-silent.ts";
import { tokenAuth } from "./token-auth.ts";

/** The result of `revoke`. */
export interface RevokeResult {
  /** Whether the authorization server has confirmed it. The tokens are forgotten in any case. */
  readonly confirmed: boolean;
}

/** Credentials that a person authorizes in a browser. */
export interface OAuthInteractive extends OAuthClientAuth {
  /**
   * The URL of the authorization server that the person of this request must open, within ten minutes.
   *
   * @throws {ForbiddenError} when `authorize` does not allow them
   * @throws {TokenRequestError} when the metadata of the issuer cannot be read
   */
  start(request: Request): Promise<URL>;
  /**
   * Takes the request with which the browser comes back. Checks the state, the person and PKCE, and stores the tokens.
   *
   * @throws {ForbiddenError} when the same person has not started it, or it has expired
   * @throws {TokenRequestError} when the authorization was refused
   */
  finish(request: Request): Promise<OAuthStatus>;
  /** Revokes the tokens at the authorization server (RFC 7009), and forgets them. */
  revoke(): Promise<RevokeResult>;
  /**
   * A handler to be mounted at the path of `redirectUri`. A GET without parameters starts: it redirects to the authorization
   * server. One with a `state` finishes.
   */
  fetch(request: Request): Promise<Response>;
}

/**
 * Tokens that a person authorizes in a browser, by an authorization code with PKCE (RFC 6749 section 4.1, RFC 7636). They are
 * renewed with the refresh token, as long as the authorization server allows it.
 *
 * @example
 * ```ts
 * const oauth = oauthInteractive({ name: "slack", issuer, clientId, clientSecret, redirectUri, storage, keys, authorize });
 * const client = createScimClient({ baseUrl, auth: oauth });
 * ```
 * @throws {TypeError} when an option is missing, wrong or in conflict
 */
export function oauthInteractive(options: OAuthInteractiveOptions): OAuthInteractive {
  const resolved = resolveInteractiveOptions("oauthInteractive", options);
  const { now, doneUrl } = resolved;
  const tokens = once(async (): Promise<InteractiveTokens> => {
    const { InteractiveTokens } = await import("./oauth/interactive.ts");
    return new InteractiveTokens(resolved);
  });
  const status = async (): Promise<OAuthStatus> => {
    const { statusOf } = await import("./oauth/oauth-status.ts");
    return statusOf((await tokens()).holder, { now, isSilent: false });
  };
  const finish = async (request: Request): Promise<OAuthStatus> => {
    await (await tokens()).finish(request);
    return status();
  };
  const start = async (request: Request): Promise<URL> => (await tokens()).start(request);
  return Object.freeze({
    ...tokenAuth(async () => (await tokens()).holder),
    status,
    start,
    finish,
    revoke: async () => ({ confirmed: await (await tokens()).revoke() }),
    fetch: async (request: Request): Promise<Response> => {
      if (request.method !== "GET") return page(405, "Only GET is supported", { Allow: "GET" });
      try {
        if (!new URL(request.url).searchParams.has("state"))
          return page(302, "", { Location: (await start(request)).href });
        await finish(request);
        if (doneUrl !== undefined) return page(303, "", { Location: doneUrl });
        return page(200, "The connection is authorized. You can close this page.");
      } catch (error) {
        if (isScimError(error)) return page(error.status, error.detail);
        if (isTokenRequestError(error)) return page(error.isTemporary ? 503 : 400, error.message);
        throw error;
      }
    },
  });
}

function page(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text, {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    },
  });
}
