import * as z from "zod/mini";
import { functionOption, wholeNumberOption } from "../../options/resolve-options.ts";
import type { Principal } from "../../server/requests/principal.ts";
import { waitFor } from "../../timing/wait-for.ts";
import type { FetchKeys } from "./assertions/fetch-json.ts";
import {
  type FederationOptions,
  federationSchema,
  type JwtOptions,
  jwtSchema,
  type ResolvedFederation,
  type ResolvedJwt,
} from "./assertions/issuer-options.ts";
import { addressOf } from "./limits/client-address.ts";
import type { Wait } from "./limits/failed-attempts.ts";

const HOUR_MS = 3_600_000;

/** Whom the application recognised. The tenant is always the source; one that is given is ignored. */
export type SourcePrincipal = Pick<Principal, "id" | "rights"> & Partial<Principal>;

/**
 * The application's own way to authenticate. Undefined: it does not know these credentials, and the source checks
 * its own.
 *
 * @throws {UnauthorizedError} to refuse the request
 */
export type SourceAuthenticate = (
  request: Request,
) => Promise<SourcePrincipal | undefined> | SourcePrincipal | undefined;

/** Options of `createSource` about credentials. */
export interface CredentialOptions {
  /** Trust in the JWTs of an issuer at the token endpoint, without a secret. @default none */
  federation?: FederationOptions;
  /** Trust in the JWTs of an issuer as bearer tokens. @default none */
  jwt?: JwtOptions;
  /** The application's own way to authenticate, asked first. @default only the source's own credentials */
  authenticate?: SourceAuthenticate;
  /** How long an access token lives, in milliseconds: a minute to six hours. @default 3600000, an hour */
  accessTokenMs?: number;
  /**
   * How many requests with valid credentials the source takes in a second, in each process; further ones get 429 with
   * `Retry-After`. Twice as many can come at once after a pause. @default no limit
   */
  requestsPerSecond?: number;
  /**
   * The address of the client that sent a request, by which failed attempts are counted. @default what the adapter says,
   * as `request.ip`; without it nothing is counted
   */
  clientAddress?: (request: Request) => string | undefined;
  /** Fetches the public keys of issuers and clients. @default the platform's fetch */
  fetchKeys?: FetchKeys;
  /** Waits before the response to a failed attempt is sent. For tests. @default a timer */
  wait?: Wait;
}

/** `CredentialOptions` with all defaults. */
export interface ResolvedCredentialOptions {
  readonly federation: ResolvedFederation | undefined;
  readonly jwt: ResolvedJwt | undefined;
  readonly authenticate: SourceAuthenticate | undefined;
  readonly accessTokenMs: number;
  readonly requestsPerSecond: number | undefined;
  readonly clientAddress: (request: Request) => string | undefined;
  readonly fetchKeys: FetchKeys;
  readonly wait: Wait;
}

/** Reads `CredentialOptions`, as a part of the schema of `createSource`. */
export const credentialOptionsShape: {
  readonly [Name in keyof CredentialOptions]-?: z.ZodMiniType<ResolvedCredentialOptions[Name]>;
} = Object.freeze({
  federation: z.optional(federationSchema),
  jwt: z.optional(jwtSchema),
  authenticate: z.optional(functionOption<SourceAuthenticate>()),
  accessTokenMs: wholeNumberOption(HOUR_MS, z.minimum(60_000), z.maximum(6 * HOUR_MS)),
  requestsPerSecond: z.optional(z.int().check(z.positive())),
  clientAddress: z._default(functionOption<(request: Request) => string | undefined>(), () => addressOf),
  fetchKeys: z._default(functionOption<FetchKeys>(), () => (url: string, init: RequestInit) => fetch(url, init)),
  wait: z._default(functionOption<Wait>(), () => waitFor),
});
