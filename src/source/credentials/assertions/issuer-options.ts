import * as z from "zod/mini";

/** How an issuer of JWTs is recognised. */
export interface TrustedIssuer {
  /** The `iss` of its JWTs, such as `https://login.microsoftonline.com/<tenant id>/v2.0`. */
  readonly issuer: string;
  /** The `aud` of its JWTs: one of these. */
  readonly audience: string | readonly string[];
  /**
   * Where its public keys are: https, or http on this machine. @default `jwks_uri` of the issuer's
   * `.well-known/openid-configuration`, which must have the issuer's origin
   */
  readonly jwksUri?: string;
  /** What the bearer may do. @default "write" */
  readonly rights?: "read" | "write";
}

/** Trust in the JWTs of an issuer at the token endpoint, in place of a client secret (RFC 7523 section 2.2). */
export interface FederationOptions extends TrustedIssuer {
  /** The `sub` of its JWTs: one of these. An issuer issues JWTs to others too. */
  readonly subjects: readonly string[];
}

/** Trust in the JWTs of an issuer as bearer tokens. At least one of `subjects` and `claims` is required. */
export interface JwtOptions extends TrustedIssuer {
  /** The `sub` of its JWTs: one of these. */
  readonly subjects?: readonly string[];
  /**
   * Claims that a JWT must have, each with one of these values. A claim that is a list must contain one of them; one
   * that is a text of words, such as `scope`, must be equal.
   */
  readonly claims?: Readonly<Record<string, string | readonly string[]>>;
}

/** Whether keys may be fetched from a URL: nobody in between can change them. */
export function isFetchable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname));
}

/** A zod type for a URL from which keys are fetched. */
export function keysUrlOption(): z.ZodMiniType<string> {
  return z
    .string()
    .check(z.refine(isFetchable, { error: "must be an https URL, or http on localhost, without user name" }));
}

const texts = z.array(z.string().check(z.minLength(1))).check(z.minLength(1));
const oneOrMore: z.ZodMiniType<string | readonly string[]> = z.union([z.string().check(z.minLength(1)), texts], {
  error: "must be a text or a list of texts",
});

const issuerShape = {
  issuer: z.string().check(z.minLength(1)),
  audience: oneOrMore,
  jwksUri: z.optional(keysUrlOption()),
  rights: z._default(z.enum(["read", "write"], { error: 'must be "read" or "write"' }), "write"),
} as const;

/** Whether the keys of an issuer can be found. */
function hasKeys({ issuer, jwksUri }: { readonly issuer: string; readonly jwksUri?: string | undefined }): boolean {
  return jwksUri !== undefined || isFetchable(issuer);
}

const KEYS_MISSING = "is required: the issuer is not an https URL, so that its keys cannot be found";

/** `FederationOptions` with all defaults. */
export type ResolvedFederation = FederationOptions & Required<Pick<TrustedIssuer, "rights">>;

/** `JwtOptions` with all defaults. */
export type ResolvedJwt = JwtOptions & Required<Pick<TrustedIssuer, "rights">>;

/** Reads `FederationOptions`. */
export const federationSchema: z.ZodMiniType<ResolvedFederation> = z
  .strictObject({ ...issuerShape, subjects: texts })
  .check(z.refine(hasKeys, { error: KEYS_MISSING, path: ["jwksUri"] }));

/** Reads `JwtOptions`. */
export const jwtSchema: z.ZodMiniType<ResolvedJwt> = z
  .strictObject({
    ...issuerShape,
    subjects: z.optional(texts),
    claims: z.optional(z.record(z.string(), oneOrMore)),
  })
  .check(
    z.refine(hasKeys, { error: KEYS_MISSING, path: ["jwksUri"] }),
    z.refine(({ subjects, claims = {} }) => subjects !== undefined || Object.keys(claims).length > 0, {
      error: "is required if there are no claims: everybody to whom the issuer issues JWTs would have access",
      path: ["subjects"],
    }),
  );
