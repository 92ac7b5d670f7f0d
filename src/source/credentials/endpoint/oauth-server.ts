import { TooManyRequestsError } from "../../../errors/request-errors.ts";
import { asScimError } from "../../../errors/scim-error.ts";
import type { ScimEvent } from "../../../observe/events.ts";
import type { DirectResponse } from "../../../protocol/direct-response.ts";
import { once } from "../../../timing/once.ts";
import { Bucket } from "../limits/bucket.ts";
import type { FailedAttempts } from "../limits/failed-attempts.ts";
import type { AccessTokens } from "../oauth/access-tokens.ts";
import { Recent } from "../secrets/recent.ts";
import {
  type AssertionVerifier,
  type AuthenticatedClient,
  authenticateClient,
  type ClientAuthenticationOptions,
} from "./authenticate-client.ts";
import { invalidRequest, oauthError } from "./oauth-error.ts";
import { jsonResponse, oauthErrorResponse } from "./oauth-response.ts";
import type { OAuthPart } from "./oauth-urls.ts";
import { grantedScope, SCOPE_NAMES } from "./scopes.ts";
import { readTokenRequest } from "./token-request.ts";

const GRANT = "client_credentials";
/** Access tokens that one client gets at once, and in a second after that. Each of them is stored until it expires. */
const TOKENS_AT_ONCE = 100;
const TOKENS_PER_SECOND = 2;
/** The most clients whose requests are counted. */
const MAX_COUNTED = 1000;
const COUNTED_MS = 3_600_000;
const ROUTES: Readonly<Record<OAuthPart, string>> = {
  token: "/oauth/token",
  metadata: "/.well-known/oauth-authorization-server",
};

/** What the OAuth server of a source needs. */
export interface OAuthServerOptions extends ClientAuthenticationOptions {
  readonly accessTokens: AccessTokens;
  readonly accessTokenMs: number;
  readonly failures: FailedAttempts;
  readonly enabled: () => boolean | Promise<boolean>;
  readonly newId: () => string;
  readonly tell: (event: () => ScimEvent) => void;
}

/** The OAuth server of a source: gives access tokens to its clients (RFC 6749 section 4.4), and describes itself. */
export class OAuthServer {
  private readonly options: OAuthServerOptions;
  private readonly assertions: () => Promise<AssertionVerifier>;
  private readonly counted: Recent<Bucket>;

  constructor(options: OAuthServerOptions) {
    this.options = options;
    this.counted = new Recent({ ms: COUNTED_MS, most: MAX_COUNTED, now: options.now });
    this.assertions = once(async () => {
      const { ClientAssertions } = await import("./verify-assertion.ts");
      return new ClientAssertions(options);
    });
  }

  /** Responds to a request for a part. Never rejects. */
  async respond(part: OAuthPart, request: Request): Promise<DirectResponse> {
    const { now, newId, tell, sourceId } = this.options;
    const [started, requestId, { method }, route] = [now(), newId(), request, ROUTES[part]];
    const headers = { "X-Request-Id": requestId };
    let response: DirectResponse;
    let detail: string | undefined;
    let tenant: string | undefined;
    try {
      tenant = await sourceId();
      response = await (part === "token" ? this.respondToken(request, headers) : this.describe(request, headers));
    } catch (error) {
      response = oauthErrorResponse(error, headers);
      detail = asScimError(error).detail;
      if (response.status >= 500) tell(() => ({ type: "server.error", tenant, requestId, method, route, error }));
    }
    const { status } = response;
    tell(() => ({
      type: "server.response",
      tenant,
      requestId,
      method,
      route,
      status,
      ms: now() - started,
      work: 0,
      detail,
    }));
    return method === "HEAD" ? { ...response, text: undefined } : response;
  }

  private async respondToken(request: Request, headers: Readonly<Record<string, string>>): Promise<DirectResponse> {
    if (request.method === "OPTIONS")
      return { status: 204, headers: { ...headers, Allow: "POST, OPTIONS" }, text: undefined };
    if (request.method !== "POST") throw invalidRequest("The token endpoint allows POST", 405);
    const tokenRequest = await readTokenRequest(request);
    const { parameters } = tokenRequest;
    const grant = parameters.get("grant_type");
    if (grant === undefined) throw invalidRequest("grant_type is missing");
    if (grant !== GRANT) throw oauthError("unsupported_grant_type", `grant_type must be ${GRANT}`);
    const client = await this.authenticate(
      () => authenticateClient(tokenRequest, this.options.clients, this.assertions),
      request,
    );
    if (!(await this.options.enabled())) {
      throw oauthError("unauthorized_client", "This source is disabled");
    }
    return jsonResponse(200, await this.issue(client, parameters.get("scope")), headers);
  }

  /** Refusals are counted by the address of the client. */
  private async authenticate<T>(work: () => Promise<T>, request: Request): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (asScimError(error).status === 401) await this.options.failures.slowDown(request);
      throw error;
    }
  }

  private async issue({ grantee, rights, client }: AuthenticatedClient, asked: string | undefined): Promise<object> {
    const granted = grantedScope(asked, rights);
    this.count("clientId" in grantee ? grantee.clientId : `/${grantee.federated.subject}`);
    const token = await this.options.accessTokens.issue(grantee, granted.rights);
    if (client !== undefined) this.options.clients.noteUse(client);
    const expires = Math.floor(this.options.accessTokenMs / 1000);
    return { access_token: token, token_type: "Bearer", expires_in: expires, scope: granted.scope };
  }

  private count(grantee: string): void {
    const { now } = this.options;
    const known = this.counted.get(grantee);
    const bucket = known ?? new Bucket({ perSecond: TOKENS_PER_SECOND, atOnce: TOKENS_AT_ONCE, now });
    if (known === undefined) this.counted.set(grantee, bucket);
    const retryAfterMs = bucket.take();
    if (retryAfterMs > 0) {
      throw new TooManyRequestsError("The client asks for too many access tokens; one can be used many times", {
        retryAfterMs,
      });
    }
  }

  /** RFC 8414 section 2. */
  private async describe(request: Request, headers: Readonly<Record<string, string>>): Promise<DirectResponse> {
    if (request.method !== "GET" && request.method !== "HEAD") throw invalidRequest("The metadata allow GET", 405);
    const { urls } = this.options;
    const methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
    const algorithms = (await import("../assertions/verify-jwt.ts")).ALGORITHMS;
    const metadata = {
      issuer: urls.issuer,
      token_endpoint: urls.token,
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      grant_types_supported: [GRANT],
      response_types_supported: [],
      scopes_supported: SCOPE_NAMES,
    };
    return jsonResponse(200, metadata, headers);
  }
}
