import type { AuthorizationServer, Client, TokenEndpointRequestOptions } from "oauth4webapi";
import { TokenRequestError } from "../../../errors/token-request-error.ts";
import { isObject } from "../../../values/is-object.ts";
import { type ReadyClient, readyClient } from "./client-authentication.ts";
import type { ResolvedOAuthOptions } from "./oauth-options.ts";
import { type OAuthResponse, sendOAuthRequest, waitAskedFor } from "./send-request.ts";

/** What a token request sends besides the credentials of the client. */
export interface Grant {
  /** `grant_type`. */
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
  /** Whether it contains an assertion that is valid for a short time. @default false */
  readonly isTimed?: boolean;
}

/** Tokens as an authorization server issues them. */
export interface IssuedTokens {
  readonly accessToken: string;
  /** The lifetime, in milliseconds. */
  readonly expiresInMs: number | undefined;
  readonly refreshToken: string | undefined;
  readonly scope: string | undefined;
}

/** Attempts of a token request that fails temporarily. */
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 500;
/** A server that wants a longer wait gets no second attempt now. */
const LONGEST_WAIT_MS = 5_000;
/** No attempt begins later than this, in milliseconds: other processes wait for the tokens. */
const LAST_ATTEMPT_MS = 10_000;
/** A difference between two clocks that makes a signed assertion invalid, in milliseconds. */
const SKEW_MS = 20_000;
/** Error codes that can go away by themselves. */
const TEMPORARY: ReadonlySet<string> = new Set(["temporarily_unavailable", "server_error", "slow_down"]);

/** What a token request needs. */
export interface TokenRequestContext {
  readonly options: ResolvedOAuthOptions;
  readonly server: () => Promise<AuthorizationServer>;
}

/**
 * Requests tokens. The request is repeated after a temporary failure, and once with the time of the server if that differs
 * from ours so much that it rejects an assertion.
 *
 * @throws {TokenRequestError} when no token is issued
 */
export async function requestTokens(
  grant: (skewMs: number) => Promise<Grant>,
  { options, server }: TokenRequestContext,
): Promise<IssuedTokens> {
  const { now, sleep } = options;
  const from = now();
  let skewMs = 0;
  for (let attempt = 1; ; attempt += 1) {
    let response: OAuthResponse | undefined;
    let isTimed = options.clientAuthentication === "private_key_jwt";
    try {
      const client = await readyClient(options);
      const prepared = await grant(skewMs);
      isTimed ||= prepared.isTimed === true;
      response = await send(prepared, { server: await server(), client, skewMs, options });
      return await read(response, [...client.secrets, ...prepared.secrets], options);
    } catch (error) {
      if (!(error instanceof TokenRequestError) || attempt >= ATTEMPTS) throw error;
      const differenceMs = isTimed && skewMs === 0 ? clockDifference(response, now()) : 0;
      if (!error.isTemporary && Math.abs(differenceMs) < SKEW_MS) throw error;
      skewMs ||= differenceMs;
      if (!error.isTemporary) continue;
      const waitMs = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
      if (waitMs > LONGEST_WAIT_MS || now() + waitMs > from + LAST_ATTEMPT_MS) throw error;
      await sleep(waitMs);
    }
  }
}

async function send(
  grant: Grant,
  to: {
    readonly server: AuthorizationServer;
    readonly client: ReadyClient;
    readonly skewMs: number;
    readonly options: ResolvedOAuthOptions;
  },
): Promise<OAuthResponse> {
  const { options, server, client } = to;
  const oauth = await import("oauth4webapi");
  const { clientId, scope, parameters } = options;
  const as: Client = { client_id: clientId ?? "", [oauth.clockSkew]: Math.round(to.skewMs / 1000) };
  let result: OAuthResponse | undefined;
  const sending: TokenEndpointRequestOptions = {
    // `completeOAuthOptions` and `discover` have checked the URLs.
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: async (url, { method, headers, body }) => {
      result = await sendOAuthRequest(new Request(url, { method, headers, body }), options);
      return new Response(null, { status: 200 });
    },
  };
  const body = { ...parameters, ...(scope === undefined ? {} : { scope }), ...grant.parameters };
  await oauth.genericTokenEndpointRequest(server, as, client.authenticate, grant.type, body, sending);
  if (result === undefined) throw new TypeError("oauth4webapi sent no request");
  return result;
}

/** Reads the response of a token endpoint (RFC 6749 section 5). */
async function read(
  response: OAuthResponse,
  secrets: readonly string[],
  { now }: ResolvedOAuthOptions,
): Promise<IssuedTokens> {
  const { status, json } = response;
  if (status < 200 || status >= 300 || !isObject(json) || json.error !== undefined) {
    throw refusal(response, secrets, now);
  }
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn, refresh_token, scope } = json;
  if (typeof accessToken !== "string" || !/^[\x21-\x7e]+$/.test(accessToken)) {
    throw new TokenRequestError("The response of the authorization server has no access token", {
      isTemporary: false,
      status,
    });
  }
  if (typeof tokenType === "string" && tokenType.toLowerCase() !== "bearer") {
    throw new TokenRequestError("The authorization server issues tokens that are not bearer tokens", {
      isTemporary: false,
      status,
    });
  }
  return {
    accessToken,
    expiresInMs: lifetimeMs(expiresIn),
    refreshToken: typeof refresh_token === "string" && refresh_token !== "" ? refresh_token : undefined,
    scope: typeof scope === "string" ? scope : undefined,
  };
}

/** `expires_in`, in seconds: some servers send a text. */
function lifetimeMs(value: unknown): number | undefined {
  const seconds = typeof value === "string" ? Number(value) : value;
  return typeof seconds === "number" && seconds > 0 && seconds < 1e10 ? Math.round(seconds * 1000) : undefined;
}

function refusal(response: OAuthResponse, secrets: readonly string[], now: () => number): TokenRequestError {
  const { status, json } = response;
  const code = isObject(json) && typeof json.error === "string" ? words(json.error, secrets).slice(0, 64) : undefined;
  const description = isObject(json) ? (json.error_description ?? json.message ?? json.reason) : undefined;
  const said = [code, typeof description === "string" ? words(description, secrets) : undefined].filter(Boolean);
  const isTemporary = status >= 500 || status === 408 || status === 429 || (code !== undefined && TEMPORARY.has(code));
  const hint = code === undefined ? undefined : HINTS[code];
  const detail = said.length > 0 ? `: ${said.join(": ")}` : isObject(json) ? "" : ", and the response is not JSON";
  const text = `The authorization server issued no token (status ${status})${detail}`;
  return new TokenRequestError(hint === undefined ? text : `${text}. ${hint}`, {
    error: code,
    status,
    isTemporary,
    retryAfterMs: waitAskedFor(response, now),
  });
}

const HINTS: Readonly<Record<string, string>> = {
  invalid_client: "Check the client id and its secret or key",
  invalid_grant: "The authorization has ended or was revoked: authorize again",
  unauthorized_client: "Allow this grant for the client at the authorization server",
  unsupported_grant_type: "The authorization server does not support this grant",
  invalid_scope: "Check the scope",
};

/** A text of the server, printable, short and without the secrets of the request. */
function words(text: string, secrets: readonly string[]): string {
  const hidden = secrets.filter((secret) => secret !== "").reduce((left, secret) => left.replaceAll(secret, "…"), text);
  return hidden
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 300);
}

/** How much the clock of the server is ahead of our own, in milliseconds; 0 if it does not say, or accepted the time. */
function clockDifference(response: OAuthResponse | undefined, now: number): number {
  if (response === undefined || response.status < 400 || response.status >= 500) return 0;
  const at = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(at) ? 0 : at - now;
}
