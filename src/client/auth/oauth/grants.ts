import { sha256Hex } from "../../../crypto/sha256.ts";
import { TokenRequestError } from "../../../errors/token-request-error.ts";
import { signingKey } from "./client-authentication.ts";
import type { SigningKey } from "./oauth-options.ts";
import type { Grant } from "./token-request.ts";
import type { TokenSet } from "./token-set.ts";

/** The claims of a JWT bearer assertion that we sign (RFC 7523 section 3). */
export interface SignedAssertion extends SigningKey {
  /** `iss`. */
  readonly issuer: string;
  /** `sub`: the account on whose behalf the client acts. */
  readonly subject: string;
  /** `aud`: what the authorization server calls itself. */
  readonly audience: string;
  /** Further claims. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** How long an assertion is valid, in seconds. Salesforce accepts at most five minutes. */
const ASSERTION_SECONDS = 180;
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** A grant without further secrets, such as `client_credentials`. */
export function plainGrant(type: string, parameters: Readonly<Record<string, string>> = {}): () => Promise<Grant> {
  const grant = Object.freeze({ type, parameters, secrets: Object.freeze([]) });
  return async () => grant;
}

/** The JWT bearer grant (RFC 7523 section 2.1) with an assertion of the caller, or one that is signed here. */
export function assertionGrant(
  assertion: (() => string | Promise<string>) | SignedAssertion,
  now: () => number,
): (skewMs: number) => Promise<Grant> {
  return async (skewMs) => {
    const jwt = typeof assertion === "function" ? await assertion() : await signed(assertion, now() + skewMs);
    return {
      type: JWT_BEARER,
      parameters: { assertion: jwt },
      secrets: [jwt],
      isTimed: typeof assertion !== "function",
    };
  };
}

async function signed(assertion: SignedAssertion, nowMs: number): Promise<string> {
  const { issuer, subject, audience, claims, kid } = assertion;
  const key = await signingKey(assertion);
  const { SignJWT } = await import("jose");
  const seconds = Math.floor(nowMs / 1000);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: assertion.alg ?? algorithmOf(key), typ: "JWT", kid })
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience(audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ASSERTION_SECONDS)
    .setJti(crypto.randomUUID())
    .sign(key);
}

/** The JWS algorithm of a key (RFC 7518 section 3.1). @throws {TypeError} when it has none */
function algorithmOf({ algorithm }: CryptoKey): string {
  const { name, hash, namedCurve } = algorithm as { name: string; hash?: { name: string }; namedCurve?: string };
  const bits = hash?.name.slice(-3);
  const curves: Readonly<Record<string, string>> = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };
  const found =
    name === "RSASSA-PKCS1-v1_5"
      ? `RS${bits}`
      : name === "RSA-PSS"
        ? `PS${bits}`
        : name === "ECDSA"
          ? curves[namedCurve ?? ""]
          : name === "Ed25519"
            ? "EdDSA"
            : undefined;
  if (found === undefined) throw new TypeError(`alg: a key for ${name} needs an algorithm`);
  return found;
}

/** The refresh grant (RFC 6749 section 6). */
export function refreshGrant(refreshToken: string): Grant {
  return { type: "refresh_token", parameters: { refresh_token: refreshToken }, secrets: [refreshToken] };
}

/** The refresh token to use: the stored one, as long as it descends from the one in the options. */
export async function refreshTokenOf(
  configured: string,
  known: TokenSet | undefined,
): Promise<{ readonly refreshToken: string; readonly origin: string }> {
  const origin = await sha256Hex(configured);
  const refreshToken = known?.origin === origin ? known.refreshToken : undefined;
  return { refreshToken: refreshToken ?? configured, origin };
}

/** The `error` of a request that waits for a person. */
export const MUST_AUTHORIZE = "authorization_required";

/** @throws {TokenRequestError} always: somebody must authorize the client */
export function mustAuthorize(name: string, known: TokenSet | undefined): never {
  const text =
    known === undefined
      ? `Nobody has authorized ${name} yet: open the URL of start() in a browser`
      : `The authorization of ${name} has ended and cannot be renewed: open the URL of start() in a browser`;
  throw new TokenRequestError(text, { error: MUST_AUTHORIZE, isTemporary: false });
}
