import type { AuthorizationServer } from "oauth4webapi";
import { ForbiddenError } from "../../../errors/request-errors.ts";
import { TokenRequestError } from "../../../errors/token-request-error.ts";
import { authorizationServer } from "./authorization-server.ts";
import { readyClient } from "./client-authentication.ts";
import { createHolder } from "./create-holder.ts";
import { mustAuthorize, refreshGrant } from "./grants.ts";
import { InteractiveFlows } from "./interactive-flows.ts";
import type { ResolvedInteractiveOptions } from "./interactive-options.ts";
import { sendOAuthRequest } from "./send-request.ts";
import type { TokenHolder } from "./token-holder.ts";
import { requestTokens, type TokenRequestContext } from "./token-request.ts";

/** Tokens by the authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636), which a person authorizes. */
export class InteractiveTokens {
  readonly holder: TokenHolder;
  private readonly options: ResolvedInteractiveOptions;
  private readonly server: () => Promise<AuthorizationServer>;
  private readonly flows: InteractiveFlows;
  private readonly context: TokenRequestContext;

  constructor(options: ResolvedInteractiveOptions) {
    this.options = options;
    this.server = authorizationServer(options, options);
    this.flows = new InteractiveFlows(options);
    this.context = { options, server: this.server };
    this.holder = createHolder(options, {
      request: async (known) => {
        const refreshToken = known?.refreshToken;
        if (refreshToken === undefined) return mustAuthorize(options.name, known);
        const issued = await requestTokens(async () => refreshGrant(refreshToken), this.context);
        return { issued, about: { refreshToken, by: known?.by, authorizedAt: known?.authorizedAt } };
      },
    });
  }

  /** The URL at which the person of this request authorizes the client. */
  async start(request: Request): Promise<URL> {
    const { options } = this;
    const by = await this.personOf(request);
    const { authorization_endpoint: endpoint } = await this.server();
    if (endpoint === undefined) {
      throw new TokenRequestError("The authorization server has no authorization endpoint", { isTemporary: false });
    }
    const { calculatePKCECodeChallenge } = await import("oauth4webapi");
    const { state, verifier } = await this.flows.begin(by);
    const url = new URL(endpoint);
    const parameters = {
      ...(options.scope === undefined ? {} : { scope: options.scope }),
      ...options.authorizationParameters,
      response_type: "code",
      client_id: options.clientId,
      redirect_uri: options.redirectUri,
      state,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  }

  /** Takes the request with which the browser comes back, and stores the tokens. */
  async finish(request: Request): Promise<void> {
    const { redirectUri, now } = this.options;
    const by = await this.personOf(request);
    const received = new URL(request.url).searchParams;
    const verifier = await this.flows.end(received.get("state") ?? "", by);
    if (verifier === undefined) {
      throw new ForbiddenError(
        "The authorization was not started by you, was finished already or has expired: start again",
      );
    }
    const code = await this.codeOf(received).catch((error: unknown) => {
      this.holder.noteFailure(error);
      throw error;
    });
    const authorizedAt = now();
    const parameters = { code, redirect_uri: redirectUri, code_verifier: verifier };
    const grant = { type: "authorization_code", parameters, secrets: [code, verifier] };
    const issued = await requestTokens(async () => grant, this.context);
    const { accessToken, expiresInMs, refreshToken, scope } = issued;
    const expiresAt = expiresInMs === undefined ? undefined : authorizedAt + expiresInMs;
    const about = { by, authorizedAt, obtainedAt: authorizedAt };
    await this.holder.replace({ accessToken, expiresAt, refreshToken, scope, ...about });
  }

  /** Revokes the tokens (RFC 7009) and forgets them. Returns whether the authorization server has confirmed it. */
  async revoke(): Promise<boolean> {
    const tokens = await this.holder.present();
    if (tokens === undefined) return false;
    try {
      return await this.sendRevocation(tokens.refreshToken ?? tokens.accessToken);
    } catch (error) {
      if (error instanceof TokenRequestError) return false;
      throw error;
    } finally {
      await this.holder.forget();
    }
  }

  /** The authorization code in a callback (RFC 6749 section 4.1.2, RFC 9207). */
  private async codeOf(received: URLSearchParams): Promise<string> {
    const server = await this.server();
    const parameters = new URLSearchParams(received);
    // Without metadata, the issuer is unknown.
    if (this.options.issuer === undefined) parameters.delete("iss");
    const oauth = await import("oauth4webapi");
    try {
      const client = { client_id: this.options.clientId };
      return oauth.validateAuthResponse(server, client, parameters, oauth.skipStateCheck).get("code") ?? noCode();
    } catch (error) {
      if (error instanceof TokenRequestError) throw error;
      const code = error instanceof oauth.AuthorizationResponseError ? error.error.slice(0, 64) : undefined;
      const text =
        code === undefined
          ? "The authorization server has sent an invalid response"
          : `The authorization was refused: ${[code, descriptionOf(received)].filter(Boolean).join(": ")}`;
      throw new TokenRequestError(text, { error: code, isTemporary: false });
    }
  }

  private async sendRevocation(token: string): Promise<boolean> {
    const { options } = this;
    const server = await this.server();
    if (server.revocation_endpoint === undefined) return false;
    const oauth = await import("oauth4webapi");
    const client = { client_id: options.clientId };
    const { authenticate } = await readyClient(options);
    let status = 0;
    await oauth.revocationRequest(server, client, authenticate, token, {
      [oauth.allowInsecureRequests]: true,
      [oauth.customFetch]: async (url, { method, headers, body }) => {
        status = (await sendOAuthRequest(new Request(url, { method, headers, body }), options)).status;
        return new Response(null, { status: 200 });
      },
    });
    return status === 200;
  }

  /** @throws {ForbiddenError} when the application does not know or allow the person */
  private async personOf(request: Request): Promise<string> {
    const by = await this.options.authorize(request);
    if (typeof by !== "string" || by === "") throw new ForbiddenError("You may not authorize this connection");
    return by;
  }
}

/** The words of the authorization server, printable and short. */
function descriptionOf(received: URLSearchParams): string {
  const text = received.get("error_description") ?? "";
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 300);
}

function noCode(): never {
  throw new TokenRequestError("The authorization server has sent no authorization code", { isTemporary: false });
}
