import * as z from "zod/mini";
import { createSealer } from "../../../crypto/create-sealer.ts";
import type { SealingKey } from "../../../crypto/key-ring.ts";
import type { Observer } from "../../../observe/events.ts";
import { functionOption, objectOption, wholeNumberOption } from "../../../options/resolve-options.ts";
import type { Storage } from "../../../storage/storage.ts";
import { waitFor } from "../../../timing/wait-for.ts";
import { isConfidential } from "../../http/request-url.ts";

/** A private key that signs JWTs: a `CryptoKey`, or PKCS #8 in PEM together with its algorithm. */
export interface SigningKey {
  readonly key: CryptoKey | string;
  /** Such as `RS256` or `ES256`. Needed for a key in PEM. */
  readonly alg?: string;
  /** The id of the key at the authorization server. */
  readonly kid?: string;
}

/** How a client shows the authorization server who it is (RFC 6749 section 2.3, RFC 7523 section 2.2). */
export type ClientAuthentication = "basic" | "post" | "private_key_jwt" | "none";

/** Where tokens are kept for all processes, encrypted. */
export interface TokenStorageOptions {
  /** Keeps the tokens, so that all processes share them. @default none: each process requests its own */
  storage?: Storage;
  /** Encrypt the tokens in `storage`. The first key encrypts, all decrypt. */
  keys?: readonly SealingKey[];
  /** The name under which the tokens are stored; unique for each account. @default the token endpoint and the client id */
  name?: string;
}

/** Options of everything that requests OAuth tokens. */
export interface OAuthOptions extends TokenStorageOptions {
  /** The issuer, whose metadata names the endpoints (RFC 8414, OpenID Connect Discovery). Instead of `tokenUrl`. */
  issuer?: string;
  /** The token endpoint. Instead of `issuer`. */
  tokenUrl?: string;
  /** The id of the client at the authorization server. */
  clientId?: string;
  clientSecret?: string | (() => string | Promise<string>);
  /** The key of `private_key_jwt`. */
  clientKey?: SigningKey;
  /** @default "basic" with a secret, "private_key_jwt" with a key, otherwise "none" */
  clientAuthentication?: ClientAuthentication;
  /** Values separated by spaces. */
  scope?: string;
  /** Further parameters of the token request, such as `resource` or `audience`. */
  parameters?: Readonly<Record<string, string>>;
  /** Allows plain http to other machines, which sends secrets unencrypted. @default false */
  allowHttp?: boolean;
  /** Time limit of each request to the authorization server, in milliseconds; at most 10000. @default 10000 */
  timeoutMs?: number;
  /** Sends requests to the authorization server. @default the platform's fetch */
  fetch?: (request: Request) => Promise<Response>;
  /** Called with every event. */
  observe?: Observer;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Waits. @default a timer */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Makes ids of processes. @default crypto.randomUUID */
  newId?: () => string;
}

/** `OAuthOptions`, checked and with their defaults. */
export interface ResolvedOAuthOptions {
  readonly issuer: string | undefined;
  readonly tokenUrl: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: (() => string | Promise<string>) | undefined;
  readonly clientKey: SigningKey | undefined;
  readonly clientAuthentication: ClientAuthentication;
  readonly scope: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly allowHttp: boolean;
  readonly timeoutMs: number;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly observe: Observer | undefined;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly newId: () => string;
  readonly storage: Storage | undefined;
  readonly keys: readonly SealingKey[] | undefined;
  readonly name: string;
}

/** A zod type for the address of an endpoint: an http or https URL without fragment. */
export function endpointOption(): z.ZodMiniType<string> {
  return z.string().check(
    z.refine(
      (text) => {
        if (!URL.canParse(text)) return false;
        const { protocol, hash, username, password } = new URL(text);
        return (protocol === "https:" || protocol === "http:") && hash === "" && username === "" && password === "";
      },
      { error: "must be an http or https URL without credentials and fragment" },
    ),
  );
}

/** A zod type for `SigningKey`. */
export function signingKeyOption(): z.ZodMiniType<SigningKey> {
  return z
    .strictObject({
      key: z.union(
        [
          z.string().check(z.regex(/-----BEGIN PRIVATE KEY-----/)),
          z.custom<CryptoKey>((value) => typeof value === "object" && value !== null && "algorithm" in value),
        ],
        { error: "must be a CryptoKey, or a private key in PEM (PKCS #8)" },
      ),
      alg: z.optional(z.string()),
      kid: z.optional(z.string()),
    })
    .check(
      z.refine(({ key, alg }) => typeof key !== "string" || alg !== undefined, {
        error: "alg: needed for a key in PEM",
      }),
    );
}

/** `OAuthOptions` as they are read, with the defaults of single options. */
type ReadOAuthOptions = Pick<
  ResolvedOAuthOptions,
  "parameters" | "allowHttp" | "timeoutMs" | "fetch" | "now" | "sleep" | "newId"
> &
  Omit<OAuthOptions, "parameters" | "allowHttp" | "timeoutMs" | "fetch" | "now" | "sleep" | "newId">;

/** The zod types of `OAuthOptions`, as a part of a schema. */
export function oauthShape(): {
  readonly [Name in keyof ReadOAuthOptions]-?: z.ZodMiniType<ReadOAuthOptions[Name]>;
} {
  return {
    issuer: z.optional(endpointOption()),
    tokenUrl: z.optional(endpointOption()),
    clientId: z.optional(z.string().check(z.minLength(1))),
    clientSecret: z.optional(
      z.union([z.string().check(z.minLength(1)), functionOption<() => string | Promise<string>>()], {
        error: "must be a text that is not empty, or a function that returns one",
      }),
    ),
    clientKey: z.optional(signingKeyOption()),
    clientAuthentication: z.optional(z.enum(["basic", "post", "private_key_jwt", "none"])),
    scope: z.optional(z.string()),
    parameters: z._default(z.record(z.string(), z.string()), {}),
    allowHttp: z._default(z.boolean(), false),
    timeoutMs: wholeNumberOption(10_000, z.positive(), z.lte(10_000)),
    fetch: z._default(
      functionOption<NonNullable<OAuthOptions["fetch"]>>(),
      () => (request: Request) => globalThis.fetch(request),
    ),
    observe: z.optional(functionOption<Observer>()),
    now: z._default(functionOption<() => number>(), () => Date.now),
    sleep: z._default(functionOption<NonNullable<OAuthOptions["sleep"]>>(), () => waitFor),
    newId: z._default(functionOption<() => string>(), () => () => crypto.randomUUID()),
    storage: z.optional(objectOption<Storage>("a storage such as memoryStorage()", ["state"])),
    keys: z.optional(
      z.custom<readonly SealingKey[]>((value) => Array.isArray(value), { error: "must be a list of keys" }),
    ),
    name: z.optional(z.string().check(z.minLength(1))),
  };
}

/** Completes options that were read with `oauthShape`. @throws {TypeError} naming what is missing or in conflict */
export function completeOAuthOptions(where: string, options: ReadOAuthOptions): ResolvedOAuthOptions {
  const { issuer, tokenUrl, clientId, clientSecret, clientKey, storage, keys, allowHttp } = options;
  const fail = (reason: string): never => {
    throw new TypeError(`${where}: ${reason}`);
  };
  if ((issuer === undefined) === (tokenUrl === undefined)) fail("pass either issuer or tokenUrl");
  for (const [name, url] of Object.entries({ issuer, tokenUrl })) {
    if (url !== undefined && !allowHttp && !isConfidential(url)) {
      fail(`${name}: plain http sends secrets unencrypted; use https, or set allowHttp`);
    }
  }
  if (clientSecret !== undefined && clientKey !== undefined) fail("pass either clientSecret or clientKey");
  const usual = clientSecret !== undefined ? "basic" : clientKey !== undefined ? "private_key_jwt" : "none";
  const clientAuthentication = options.clientAuthentication ?? usual;
  const needs = { basic: clientSecret, post: clientSecret, private_key_jwt: clientKey, none: true }[
    clientAuthentication
  ];
  if (needs === undefined) {
    fail(
      `clientAuthentication: "${clientAuthentication}" needs ${clientAuthentication === "private_key_jwt" ? "clientKey" : "clientSecret"}`,
    );
  }
  if (clientAuthentication !== "none" && clientId === undefined) fail("clientId: is missing: must be a text");
  if ((storage === undefined) !== (keys === undefined)) fail("storage and keys: pass both, or neither");
  if (keys !== undefined) checkKeys(where, keys);
  const secret = clientSecret;
  return Object.freeze({
    ...options,
    issuer,
    tokenUrl,
    clientId,
    clientSecret: secret === undefined ? undefined : typeof secret === "function" ? secret : () => secret,
    clientKey,
    clientAuthentication,
    scope: options.scope,
    observe: options.observe,
    storage,
    keys,
    name: options.name ?? JSON.stringify([issuer ?? tokenUrl, clientId ?? "", options.scope ?? ""]),
  });
}

function checkKeys(where: string, keys: readonly SealingKey[]): void {
  try {
    createSealer({ keys });
  } catch (cause) {
    throw new TypeError(`${where}: ${cause instanceof Error ? cause.message : "keys"}`, { cause });
  }
}
