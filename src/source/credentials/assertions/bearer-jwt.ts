import { Recent } from "../secrets/recent.ts";
import type { FetchKeys } from "./fetch-json.ts";
import type { ResolvedJwt } from "./issuer-options.ts";
import { discoverKeys, RemoteKeySet } from "./key-set.ts";
import { type VerifiedJwt, verifyJwt } from "./verify-jwt.ts";

/** How long the result of verifying is remembered, in milliseconds, and for how many JWTs. */
const REMEMBERED = { ms: 60_000, most: 1000 } as const;
/** How far in the future `exp` may be, in seconds: a day. */
const MAX_LIFETIME_S = 86_400;

/** Verifies the JWTs that an issuer gives to those who call the source. */
export class BearerJwts {
  private readonly options: ResolvedJwt;
  private readonly now: () => number;
  private readonly keys: RemoteKeySet;
  private readonly verified: Recent<VerifiedJwt>;

  constructor(options: ResolvedJwt, { fetchKeys, now }: { readonly fetchKeys: FetchKeys; readonly now: () => number }) {
    this.options = options;
    this.now = now;
    const { issuer, jwksUri } = options;
    this.keys = new RemoteKeySet({ uri: async () => jwksUri ?? discoverKeys(issuer, fetchKeys), fetchKeys, now });
    this.verified = new Recent({ ...REMEMBERED, now });
  }

  /** The `sub` of a JWT; undefined if it is not accepted. @throws {UnavailableError} if the keys cannot be fetched */
  async verify(token: string): Promise<string | undefined> {
    const known = this.verified.get(token);
    if (known !== undefined) return known.exp * 1000 > this.now() ? known.sub : undefined;
    const { issuer, audience } = this.options;
    const result = await verifyJwt(token, {
      keys: this.keys.find,
      issuer,
      audience: [audience].flat(),
      maxLifetimeS: MAX_LIFETIME_S,
      now: this.now(),
    });
    if ("refused" in result || !this.isExpected(result.claims)) return undefined;
    this.verified.set(token, result.claims);
    return result.claims.sub;
  }

  private isExpected(claims: VerifiedJwt): boolean {
    const { subjects, claims: expected = {} } = this.options;
    if (subjects !== undefined && !subjects.includes(claims.sub)) return false;
    return Object.entries(expected).every(([name, allowed]) => {
      const value: unknown = Object.hasOwn(claims, name) ? claims[name] : undefined;
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      return values.some((each) => typeof each === "string" && [allowed].flat().includes(each));
    });
  }
}
