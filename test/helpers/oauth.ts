import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import type { Source } from "../../src/source/source.ts";
import type { TestClock } from "./source-app.ts";

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** The JSON of a response of the token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function askToken(
  source: Source,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const body = new URLSearchParams(form);
  const response = await source.fetch(new Request(source.tokenUrl, { method: "POST", body, headers }));
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** What a client with a secret sends in the Authorization header. */
export const basic = (id: string, secret: string): { authorization: string } => ({
  authorization: `Basic ${btoa(`${id}:${secret}`)}`,
});

/** An access token for a client with a secret. */
export async function accessTokenOf(
  source: Source,
  client: { readonly clientId: string; readonly clientSecret: string },
): Promise<string> {
  const form = { grant_type: "client_credentials" };
  const { body } = await askToken(source, form, basic(client.clientId, client.clientSecret));
  return String(body.access_token);
}

/** The status of a SCIM request with an Authorization header. */
export async function statusWith(source: Source, authorization: string): Promise<number> {
  return (await source.fetch(new Request(`${source.baseUrl}/Users`, { headers: { authorization } }))).status;
}

/** A key pair that signs JWTs, and its public key as a JWK. */
export interface Signer {
  readonly alg: string;
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export async function createSigner(kid: string, alg = "ES256"): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg };
  return {
    ...{ alg, jwk, privateKey },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, typ: "JWT", ...header }).sign(privateKey),
  };
}

/** Publishes key sets by URL, and counts how often each is fetched. */
export class KeyServer {
  readonly documents: Map<string, unknown> = new Map();
  readonly fetched: string[] = [];
  isDown = false;

  readonly fetchKeys = async (url: string): Promise<Response> => {
    this.fetched.push(url);
    if (this.isDown) throw new TypeError("fetch failed");
    const document = this.documents.get(url);
    return document === undefined ? new Response("no", { status: 404 }) : Response.json(document);
  };
}

/** Seconds since 1970. */
export const seconds = (clock: TestClock): number => Math.floor(clock.now() / 1000);
