import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, jwtVerify } from "jose";
import Provider, { type Configuration } from "oidc-provider";
import { afterAll } from "vitest";

const CALLBACK = "https://app.example/oauth/callback";
export const REDIRECT_URI = CALLBACK;

/** A real authorization server on this machine, and a SCIM server that accepts its tokens. */
export interface OAuthServers {
  readonly issuer: string;
  readonly tokenUrl: string;
  readonly scimUrl: string;
  /** Private keys of the client `signing` and of the assertions. */
  readonly privateKey: CryptoKey;
  /** Token requests, by their grant. */
  readonly tokenRequests: string[];
  /** The tokens with which the SCIM server was called. */
  readonly usedTokens: string[];
  /** Ends an access token before its time. */
  revoke(accessToken: string): Promise<void>;
  /** Logs a person in, who allows what the client wants. Returns the URL at which the browser ends. */
  authorizeInBrowser(url: URL): Promise<URL>;
}

const ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** Starts both. Tokens live as long as `seconds` says. They stop after the test file. */
export async function startOAuthServers({ seconds = 3600 }: { readonly seconds?: number } = {}): Promise<OAuthServers> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "key-1", alg: "ES256", use: "sig" };
  const authorization = createServer();
  const issuer = await listen(authorization);
  const provider = new Provider(issuer, configuration(jwk, seconds));
  addGrants(provider, { publicKey, issuer });
  const tokenRequests: string[] = [];
  provider.use(async (ctx, next) => {
    await next();
    const body = (ctx as { oidc?: { params?: { grant_type?: string } } }).oidc?.params?.grant_type;
    if (ctx.path === "/token") tokenRequests.push(String(body));
  });
  authorization.on("request", provider.callback());

  const usedTokens: string[] = [];
  const find = async (token: string) =>
    (await provider.ClientCredentials.find(token)) ?? (await provider.AccessToken.find(token));
  const scim = createServer(async (request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    usedTokens.push(token);
    const isValid = token !== "" && (await find(token)) !== undefined;
    const body = isValid
      ? { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], id: "1", userName: "anna" }
      : { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "401", detail: "Invalid token" };
    response.writeHead(isValid ? 200 : 401, { "content-type": "application/scim+json" }).end(JSON.stringify(body));
  });
  const scimUrl = await listen(scim);
  afterAll(() => {
    for (const server of [authorization, scim]) {
      server.close();
      server.closeAllConnections();
    }
  });
  return {
    ...{ issuer, scimUrl, privateKey, tokenRequests, usedTokens },
    tokenUrl: `${issuer}/token`,
    revoke: async (accessToken) => void (await (await find(accessToken))?.destroy()),
    authorizeInBrowser,
  };
}

function configuration(jwk: JWK, seconds: number): Configuration {
  const grants = { redirect_uris: [] as string[], response_types: [] as never[] };
  const client_secret = "correct horse battery";
  return {
    clients: [
      { client_id: "basic", client_secret, grant_types: ["client_credentials", "account_credentials"], ...grants },
      {
        ...{ client_id: "post", client_secret, grant_types: ["client_credentials"], ...grants },
        token_endpoint_auth_method: "client_secret_post",
      },
      {
        ...{ client_id: "signing", grant_types: ["client_credentials"], ...grants, jwks: { keys: [jwk] } },
        token_endpoint_auth_method: "private_key_jwt",
      },
      {
        ...{ client_id: "asserting", grant_types: [ASSERTION], ...grants },
        token_endpoint_auth_method: "none",
      },
      {
        ...{ client_id: "browser", client_secret, redirect_uris: [CALLBACK] },
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    scopes: ["openid", "offline_access", "scim"],
    features: {
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      devInteractions: { enabled: true },
    },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: {
      ClientCredentials: seconds,
      AccessToken: seconds,
      RefreshToken: 86_400,
      Grant: 86_400,
      Session: 86_400,
      Interaction: 600,
    },
    cookies: { keys: ["only for tests"] },
    renderError: async (ctx, out) => {
      ctx.body = out;
    },
    findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  };
}

/** Two grants that are not of OAuth itself: Zoom's, and the JWT bearer assertion. */
function addGrants(provider: Provider, keys: { readonly publicKey: CryptoKey; readonly issuer: string }): void {
  const issue = async (ctx: { oidc: { client?: unknown }; body: unknown }): Promise<void> => {
    const token = new provider.ClientCredentials({ client: ctx.oidc.client as never, scope: "scim" });
    ctx.body = { access_token: await token.save(), token_type: "Bearer", expires_in: token.expiration, scope: "scim" };
  };
  const refuse = (ctx: { status: number; body: unknown }, description: string): void => {
    ctx.status = 400;
    ctx.body = { error: "invalid_grant", error_description: description };
  };
  provider.registerGrantType(
    "account_credentials",
    async (ctx) => {
      if (ctx.oidc.params?.account_id !== "account-1") return refuse(ctx, "unknown account");
      return issue(ctx as never);
    },
    ["account_id"],
  );
  provider.registerGrantType(
    ASSERTION,
    async (ctx) => {
      try {
        const options = {
          audience: keys.issuer,
          issuer: "asserting",
          subject: "admin@example.com",
          maxTokenAge: "5 min",
        };
        await jwtVerify(String(ctx.oidc.params?.assertion), keys.publicKey, options);
      } catch (error) {
        return refuse(ctx, `the assertion ${String(ctx.oidc.params?.assertion)} is not valid: ${String(error)}`);
      }
      return issue(ctx as never);
    },
    ["assertion"],
  );
}

/** Follows redirects and forms as a browser does, until the authorization server sends the browser back. */
async function authorizeInBrowser(start: URL): Promise<URL> {
  const jar = new Map<string, string>();
  let request = { url: start, body: undefined as URLSearchParams | undefined };
  for (let step = 0; step < 12; step += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const { url, body } = request;
    const init = { method: body === undefined ? "GET" : "POST", headers: { cookie }, redirect: "manual" as const };
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get("location");
    if (location !== null) {
      const target = new URL(location, url);
      if (target.href.startsWith(CALLBACK)) return target;
      request = { url: target, body: undefined };
      continue;
    }
    request = { url: new URL(formAction(await response.text()), url), body: request.body };
    const prompt = jar.has("_session") ? "consent" : "login";
    request.body = new URLSearchParams({ prompt, login: "admin", password: "any" });
  }
  throw new Error("the browser did not come back");
}

function formAction(html: string): string {
  const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`no form: ${html.slice(0, 300)}`);
  return action;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
