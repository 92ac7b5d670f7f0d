import type { AuthorizationServer } from "oauth4webapi";
import { TokenRequestError } from "../../../errors/token-request-error.ts";
import { isDue } from "../../../timing/due.ts";
import { isObject } from "../../../values/is-object.ts";
import { isConfidential } from "../../http/request-url.ts";
import type { ResolvedOAuthOptions } from "./oauth-options.ts";
import { sendOAuthRequest } from "./send-request.ts";

/** How long metadata are used, in milliseconds. */
const TTL_MS = 3_600_000;

/** The endpoints of an authorization server that the options name themselves. */
export interface NamedEndpoints {
  readonly authorizationUrl?: string | undefined;
  readonly revocationUrl?: string | undefined;
}

/** Returns the metadata of the authorization server: from the options, or read from the issuer once an hour. */
export function authorizationServer(
  options: ResolvedOAuthOptions,
  named: NamedEndpoints = {},
): () => Promise<AuthorizationServer> {
  const { issuer, tokenUrl, now } = options;
  const overrides = {
    ...(named.authorizationUrl === undefined ? {} : { authorization_endpoint: named.authorizationUrl }),
    ...(named.revocationUrl === undefined ? {} : { revocation_endpoint: named.revocationUrl }),
  };
  if (tokenUrl !== undefined) {
    const known = Object.freeze({ issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl, ...overrides });
    return async () => known;
  }
  let known: { readonly metadata: AuthorizationServer; readonly until: number } | undefined;
  return async () => {
    if (known !== undefined && !isDue(known.until, now(), TTL_MS)) return known.metadata;
    try {
      const metadata = { ...(await discover(issuer ?? "", options)), ...overrides };
      known = { metadata, until: now() + TTL_MS };
    } catch (error) {
      // Endpoints rarely change: the known ones are better than none.
      if (known === undefined) throw error;
    }
    return known.metadata;
  };
}

/** The places of metadata: OpenID Connect Discovery section 4, RFC 8414 section 3. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, "");
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/** @throws {TokenRequestError} when no metadata of the issuer can be read */
async function discover(issuer: string, options: ResolvedOAuthOptions): Promise<AuthorizationServer> {
  const trim = (text: string): string => text.replace(/\/+$/, "");
  let status = 0;
  for (const url of metadataUrls(issuer)) {
    const response = await sendOAuthRequest(new Request(url, { headers: { Accept: "application/json" } }), options);
    status = response.status;
    if (response.status === 404) continue;
    const { json } = response;
    if (response.status !== 200 || !isObject(json)) break;
    if (typeof json.issuer !== "string" || trim(json.issuer) !== trim(issuer)) {
      // Metadata of another issuer could send secrets to somebody else (RFC 8414 section 3.3).
      throw new TokenRequestError("The metadata of the issuer name another issuer", { isTemporary: false, status });
    }
    checkEndpoints(json, options);
    return json as unknown as AuthorizationServer;
  }
  throw new TokenRequestError(
    `The issuer has no metadata at ${metadataUrls(issuer)[0]} (status ${status}): check issuer`,
    {
      isTemporary: status !== 404,
      status,
    },
  );
}

function checkEndpoints(metadata: Readonly<Record<string, unknown>>, { allowHttp }: ResolvedOAuthOptions): void {
  for (const name of ["token_endpoint", "authorization_endpoint", "revocation_endpoint"]) {
    const url = metadata[name];
    if (url === undefined && name !== "token_endpoint") continue;
    if (typeof url !== "string" || !URL.canParse(url) || !(allowHttp || isConfidential(url))) {
      throw new TokenRequestError(`The metadata of the issuer have no ${name} that can be used`, {
        isTemporary: false,
      });
    }
  }
}
