import { ForbiddenError, TooManyRequestsError, UnauthorizedError } from "../../errors/request-errors.ts";
import { type DirectResponse, RESPOND_DIRECTLY, type RespondsDirectly } from "../../protocol/direct-response.ts";
import type { ScimHandler } from "../../server/handler.ts";
import type { Principal } from "../../server/requests/principal.ts";
import { toResponse } from "../../server/responses/respond.ts";
import { once } from "../../timing/once.ts";
import type { BearerJwts } from "./assertions/bearer-jwt.ts";
import { bearerText } from "./bearer-text.ts";
import type { CredentialsContext } from "./credentials-context.ts";
import { type OAuthUrls, oauthPartOf, oauthUrls } from "./endpoint/oauth-urls.ts";
import { Bucket } from "./limits/bucket.ts";
import { FailedAttempts } from "./limits/failed-attempts.ts";
import type { SourceOAuthClients } from "./oauth/client-info.ts";
import type { SourceOAuth } from "./oauth-parts.ts";
import { type SourceTokens, TokenRepository } from "./tokens/tokens.ts";

/** Whom a request comes from, before the source is known to be enabled. */
type Accepted = Pick<Principal, "rights" | "credential"> & { readonly id?: string };

/** The credentials of one source: its tokens, its OAuth clients, and whom else it trusts. */
export class SourceCredentials {
  readonly tokens: SourceTokens;
  readonly oauthClients: SourceOAuthClients;
  readonly urls: OAuthUrls;
  private readonly context: CredentialsContext;
  private readonly repository: TokenRepository;
  private readonly failures: FailedAttempts;
  private readonly rate: Bucket | undefined;
  /** Loaded when they are needed: most sources have tokens only. */
  private readonly oauth: () => Promise<SourceOAuth>;
  private readonly jwts: () => Promise<BearerJwts | undefined>;
  private isOAuthLoaded = false;

  constructor(context: CredentialsContext) {
    this.context = context;
    const { state, now, jwt, fetchKeys, requestsPerSecond } = context;
    this.urls = oauthUrls(context.baseUrl);
    const sourceId = async (): Promise<string> => (await context.identity()).id;
    const onFailure = (error: unknown): Promise<void> => this.tellFailure(error);
    this.repository = new TokenRepository(state, { sourceId, now, onFailure });
    this.failures = new FailedAttempts({ now, wait: context.wait, addressOf: context.clientAddress });
    this.rate =
      requestsPerSecond === undefined
        ? undefined
        : new Bucket({ perSecond: requestsPerSecond, atOnce: 2 * requestsPerSecond, now });
    this.oauth = once(async () => {
      const { createOAuth } = await import("./oauth-parts.ts");
      this.isOAuthLoaded = true;
      return createOAuth({ ...context, urls: this.urls, failures: this.failures, sourceId, onFailure });
    });
    this.jwts = once(async () => {
      if (jwt === undefined) return undefined;
      const { BearerJwts } = await import("./assertions/bearer-jwt.ts");
      return new BearerJwts(jwt, { fetchKeys, now });
    });
    this.tokens = tokensOf(this.repository);
    this.oauthClients = clientsOf(async () => (await this.oauth()).clients);
  }

  /** @throws {ScimError} for a request without valid credentials, of a disabled source, or beyond the rate */
  async authenticate(request: Request): Promise<Principal> {
    // First, so that the events of rejected requests name the tenant too.
    const { id: tenant, serviceAccount } = await this.context.identity();
    const { id = serviceAccount.id, rights, credential } = await this.accept(request);
    if (!(await this.context.enabled())) throw new ForbiddenError("This source is disabled");
    const retryAfterMs = this.rate?.take() ?? 0;
    if (retryAfterMs > 0) throw new TooManyRequestsError("Too many requests for this source", { retryAfterMs });
    return { id, tenant, rights, credential };
  }

  /** The handler, which also responds to requests for the OAuth server of the source. */
  withOAuth(handler: ScimHandler & RespondsDirectly): ScimHandler & RespondsDirectly {
    const respondDirectly = async (request: Request): Promise<DirectResponse> => {
      const part = oauthPartOf(request, this.context.mountPath);
      if (part === undefined) return handler[RESPOND_DIRECTLY](request);
      return (await this.oauth()).server.respond(part, request);
    };
    const fetch = async (request: Request): Promise<Response> => toResponse(await respondDirectly(request));
    return Object.assign(fetch, { [RESPOND_DIRECTLY]: respondDirectly });
  }

  /** All credentials that can expire: tokens, and secrets of OAuth clients. */
  async list(): Promise<
    readonly { readonly id: string; readonly name: string; readonly expires: string | undefined }[]
  > {
    const clients = await this.oauthClients.list();
    const secrets = clients.flatMap(({ name, secrets: own }) => own.map(({ id, expires }) => ({ id, name, expires })));
    return [...(await this.repository.list()), ...secrets];
  }

  /** Tells about credentials that expire soon, and removes expired ones. */
  async tidy(signal?: AbortSignal): Promise<void> {
    const { tell, identity } = this.context;
    const { id: source } = await identity();
    const event = { type: "source.expiring" as const, source, tenant: source };
    await this.repository.notice(({ id, name, expires = "" }, days) => {
      tell(() => ({ ...event, credential: "token", id, name, expires, days }));
    }, signal);
    const oauth = await this.oauth();
    await oauth.clients.notice(({ clientId, name }, { expires = "" }, days) => {
      tell(() => ({ ...event, credential: "client-secret", id: clientId, name, expires, days }));
    }, signal);
    await oauth.purge(signal);
  }

  /** Resolves when the uses of credentials until now are stored. */
  async idle(): Promise<void> {
    await this.repository.idle();
    if (this.isOAuthLoaded) await (await this.oauth()).idle();
  }

  private async accept(request: Request): Promise<Accepted> {
    const own = await this.context.authenticate?.(request);
    if (own !== undefined) return own;
    const text = bearerText(request);
    if (text === undefined) throw new UnauthorizedError();
    const accepted = await this.acceptText(text);
    if (accepted !== undefined) return accepted;
    await this.failures.slowDown(request);
    throw new UnauthorizedError(undefined, { challengeError: "invalid_token" });
  }

  private async acceptText(text: string): Promise<Accepted | undefined> {
    if (text.startsWith("scimkit_at_")) {
      const access = await (await this.oauth()).accessTokens.verify(text);
      return access && { rights: access.rights, credential: `access:${access.id}` };
    }
    const { jwt } = this.context;
    if (jwt !== undefined && text.includes(".")) {
      const subject = await (await this.jwts())?.verify(text);
      return subject === undefined ? undefined : { rights: jwt.rights, credential: `jwt:${subject}` };
    }
    const token = await this.repository.verify(text);
    return token && { rights: token.rights, credential: `token:${token.id}` };
  }

  private async tellFailure(error: unknown): Promise<void> {
    const { id: source } = await this.context.identity();
    this.context.tell(() => ({ type: "source.error", source, tenant: source, error }));
  }
}

function tokensOf(tokens: TokenRepository): SourceTokens {
  return Object.freeze<SourceTokens>({
    issue: (options) => tokens.issue(options),
    list: () => tokens.list(),
    rotate: (id, options) => tokens.rotate(id, options),
    revoke: (id) => tokens.revoke(id),
  });
}

function clientsOf(clients: () => Promise<SourceOAuthClients>): SourceOAuthClients {
  const issue: SourceOAuthClients["issue"] = async (options: never) => (await clients()).issue(options);
  return Object.freeze<SourceOAuthClients>({
    issue,
    list: async () => (await clients()).list(),
    rotate: async (clientId, options) => (await clients()).rotate(clientId, options),
    revoke: async (clientId) => (await clients()).revoke(clientId),
  });
}
