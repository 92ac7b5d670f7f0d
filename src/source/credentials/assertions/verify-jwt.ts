import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import { isScimError } from "../../../errors/scim-error.ts";
import type { KeySet } from "./key-set.ts";

/** The largest JWT that is read, in characters. */
export const MAX_JWT_LENGTH = 16_384;
/** How far the clocks of issuer and source may differ, in seconds. */
const SKEW_S = 60;
/** The keys that are tried for a JWT that does not name its key. */
const MAX_TRIED_KEYS = 10;
/** Signatures with public keys. `none` and those with a shared secret are not among them. */
export const ALGORITHMS: readonly string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
/** Types of JWTs for other uses, such as proofs of possession and security events, are refused (RFC 8725 section 3.11). */
const TYPES: readonly string[] = ["jwt", "at+jwt", "client-authentication+jwt"];
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** What a JWT must be. */
export interface ExpectedJwt {
  readonly keys: KeySet;
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audience: readonly string[];
  /** How far in the future `exp` may be, in seconds. */
  readonly maxLifetimeS: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The claims of a JWT that was verified. */
export interface VerifiedJwt extends JWTPayload {
  readonly iss: string;
  readonly sub: string;
  readonly exp: number;
}

/** The claims, or why the JWT is refused: a text for its sender. */
export type JwtResult = { readonly claims: VerifiedJwt } | { readonly refused: string };

/**
 * Verifies signature and claims of a JWT (RFC 7523 section 3, RFC 8725).
 *
 * @throws {UnavailableError} if the keys of the issuer cannot be fetched
 */
export async function verifyJwt(token: string, expected: ExpectedJwt): Promise<JwtResult> {
  if (token.length > MAX_JWT_LENGTH) return { refused: `it has more than ${MAX_JWT_LENGTH} characters` };
  if (!COMPACT.test(token)) return { refused: "it is not a signed JWT" };
  try {
    const { payload, protectedHeader } = await verifySignature(token, expected);
    const { typ } = protectedHeader;
    if (
      typ !== undefined &&
      !TYPES.includes(
        String(typ)
          .toLowerCase()
          .replace(/^application\//, ""),
      )
    ) {
      return { refused: "its typ is that of another kind of JWT" };
    }
    return checkClaims(payload, expected);
  } catch (error) {
    if (isScimError(error)) throw error;
    return { refused: reasonOf(error) };
  }
}

async function verifySignature(token: string, expected: ExpectedJwt): ReturnType<typeof jwtVerify> {
  const options: JWTVerifyOptions = {
    algorithms: [...ALGORITHMS],
    issuer: expected.issuer,
    audience: [...expected.audience],
    clockTolerance: SKEW_S,
    currentDate: new Date(expected.now),
    requiredClaims: ["iss", "sub", "aud", "exp"],
  };
  try {
    return await jwtVerify(token, expected.keys, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    return verifyWithEach(token, error, options);
  }
}

/** The JWT names no key, and several could be it. */
async function verifyWithEach(
  token: string,
  keys: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): ReturnType<typeof jwtVerify> {
  let tried = 0;
  for await (const key of keys) {
    tried += 1;
    if (tried > MAX_TRIED_KEYS) break;
    try {
      return await jwtVerify(token, key, options);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

function checkClaims(payload: JWTPayload, { now, maxLifetimeS }: ExpectedJwt): JwtResult {
  const { iss, sub, exp, iat } = payload;
  if (typeof iss !== "string" || typeof sub !== "string" || sub === "" || typeof exp !== "number") {
    return { refused: "its iss, sub or exp is missing or of the wrong type" };
  }
  const nowS = now / 1000;
  if (exp > nowS + maxLifetimeS + SKEW_S) return { refused: `it expires in more than ${maxLifetimeS} seconds` };
  if (iat !== undefined && !(typeof iat === "number" && iat <= nowS + SKEW_S))
    return { refused: "its iat is not in the past" };
  return { claims: { ...payload, iss, sub, exp } };
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "it has expired";
  if (error instanceof errors.JWTClaimValidationFailed) return `its ${error.claim} is not accepted`;
  if (error instanceof errors.JOSEAlgNotAllowed) return `its alg is not one of ${ALGORITHMS.join(", ")}`;
  if (error instanceof errors.JWKSNoMatchingKey) return "its key is unknown";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature is wrong";
  return "it is not a valid JWT";
}
