import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from "jose";
import { UnavailableError } from "../../../errors/request-errors.ts";
import { isObject } from "../../../values/is-object.ts";
import { type FetchKeys, fetchJson } from "./fetch-json.ts";
import { isFetchable } from "./issuer-options.ts";

/** The keys are fetched again for an unknown one at most so often, in milliseconds. */
const REFETCH_MS = 60_000;
/** After a failure they are fetched again at most so often, in milliseconds. */
const RETRY_MS = 10_000;
/** Older keys are fetched again before they are used, so that a key that was withdrawn ends, in milliseconds. */
const FRESH_MS = 600_000;
/** Keys of this age are used if they cannot be fetched again, and older ones are not, in milliseconds. */
const STALE_MS = 86_400_000;
const MAX_KEYS = 100;

/** Finds the key with which a JWT was signed. @throws {errors.JWKSNoMatchingKey} if there is none */
export type KeySet = JWTVerifyGetKey;

/** The keys of a document that can verify signatures. Secret and private keys, and those for encryption, are left out. */
export function localKeySet(keys: readonly unknown[]): KeySet {
  return createLocalJWKSet({ keys: keys.slice(0, MAX_KEYS).filter(isPublicKey).map(withEitherName) });
}

/** Signatures with Ed25519 have two names, `EdDSA` and `Ed25519` (RFC 9864), and a key with one is used with the other. */
function withEitherName(key: JWK): JWK {
  return key.crv === "Ed25519" ? { ...key, alg: undefined } : key;
}

function isPublicKey(key: unknown): key is JWK {
  if (!isObject(key) || "d" in key || "k" in key || key.use === "enc") return false;
  return key.kty === "RSA" || key.kty === "EC" || key.kty === "OKP";
}

/** What `RemoteKeySet` needs. */
export interface RemoteKeySetOptions {
  /** Where the keys are. */
  readonly uri: () => Promise<string>;
  readonly fetchKeys: FetchKeys;
  readonly now: () => number;
}

/** The keys that an issuer publishes, remembered in this process, and fetched again when they may have changed. */
export class RemoteKeySet {
  private readonly options: RemoteKeySetOptions;
  private known: { readonly keys: KeySet; readonly at: number } | undefined;
  private failed: { readonly error: unknown; readonly at: number } | undefined;
  private fetching: Promise<KeySet> | undefined;

  constructor(options: RemoteKeySetOptions) {
    this.options = options;
  }

  /** As a `KeySet`. @throws {UnavailableError} if the keys cannot be fetched and none are known */
  readonly find: KeySet = async (header, token) => {
    const keys = await this.current();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.isYounger(this.known?.at, REFETCH_MS)) throw error;
      return (await this.fetch())(header, token);
    }
  };

  private async current(): Promise<KeySet> {
    const { known } = this;
    if (known !== undefined && this.isYounger(known.at, FRESH_MS)) return known.keys;
    try {
      return await this.fetch();
    } catch (error) {
      // An outage of the issuer must not stop what works.
      if (known !== undefined && this.isYounger(known.at, STALE_MS)) return known.keys;
      throw error;
    }
  }

  /** Fetches the keys, once for all that wait for them. */
  private fetch(): Promise<KeySet> {
    if (this.failed !== undefined && this.isYounger(this.failed.at, RETRY_MS)) return Promise.reject(this.failed.error);
    this.fetching ??= this.load().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async load(): Promise<KeySet> {
    const { uri, fetchKeys, now } = this.options;
    try {
      const address = await uri();
      const document = await fetchJson(address, fetchKeys);
      if (!isObject(document) || !Array.isArray(document.keys)) {
        throw new UnavailableError(`${address} is not a JSON Web Key Set`);
      }
      const keys = localKeySet(document.keys);
      this.known = { keys, at: now() };
      this.failed = undefined;
      return keys;
    } catch (error) {
      this.failed = { error, at: now() };
      throw error;
    }
  }

  /** Also false for a time in the future, after a clock went back. */
  private isYounger(at: number | undefined, ms: number): boolean {
    if (at === undefined) return false;
    const age = this.options.now() - at;
    return age >= 0 && age < ms;
  }
}

/** Where an issuer publishes its keys: its OpenID configuration says so. Only a place of its own origin is used. */
export async function discoverKeys(issuer: string, fetchKeys: FetchKeys): Promise<string> {
  const document = await fetchJson(`${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`, fetchKeys);
  const { issuer: own, jwks_uri: uri } = isObject(document) ? document : {};
  const isOwn =
    own === issuer && typeof uri === "string" && isFetchable(uri) && new URL(uri).origin === new URL(issuer).origin;
  if (isOwn) return uri;
  throw new UnavailableError(`The OpenID configuration of ${issuer} names no keys of its own origin: set jwksUri`);
}
