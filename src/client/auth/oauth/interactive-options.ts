import * as z from "zod/mini";
import type { SealingKey } from "../../../crypto/key-ring.ts";
import { functionOption, resolveOptions } from "../../../options/resolve-options.ts";
import type { Storage } from "../../../storage/storage.ts";
import {
  completeOAuthOptions,
  endpointOption,
  type OAuthOptions,
  oauthShape,
  type ResolvedOAuthOptions,
} from "./oauth-options.ts";

/** Options of `oauthInteractive`. */
export interface OAuthInteractiveOptions extends OAuthOptions {
  /** The name of the connection, such as `slack`; unique for each account. Texts for people contain it. */
  name: string;
  clientId: string;
  storage: Storage;
  keys: readonly SealingKey[];
  /** The authorization endpoint. Needed with `tokenUrl`; with `issuer` the metadata name it. */
  authorizationUrl?: string;
  /** The revocation endpoint (RFC 7009). @default the one of the metadata */
  revocationUrl?: string;
  /** Where the authorization server sends the browser back: the URL at which `fetch` is mounted. */
  redirectUri: string;
  /**
   * Your own check of the person who authorizes, for example by a session cookie. Returns who it is, such as a name;
   * undefined for somebody who may not. The same person must start and finish.
   */
  authorize: (request: Request) => string | undefined | Promise<string | undefined>;
  /** Further parameters of the authorization request, such as `access_type` or `prompt`. */
  authorizationParameters?: Readonly<Record<string, string>>;
  /** Where `fetch` sends the browser after the authorization. @default a page that says that it is done */
  doneUrl?: string;
}

/** `OAuthInteractiveOptions`, checked and with their defaults. */
export interface ResolvedInteractiveOptions extends ResolvedOAuthOptions {
  readonly clientId: string;
  readonly storage: Storage;
  readonly keys: readonly SealingKey[];
  readonly authorizationUrl: string | undefined;
  readonly revocationUrl: string | undefined;
  readonly redirectUri: string;
  readonly authorize: OAuthInteractiveOptions["authorize"];
  readonly authorizationParameters: Readonly<Record<string, string>>;
  readonly doneUrl: string | undefined;
}

function schema() {
  return z.strictObject({
    ...oauthShape(),
    name: z.string().check(z.minLength(1)),
    clientId: z.string().check(z.minLength(1)),
    authorizationUrl: z.optional(endpointOption()),
    revocationUrl: z.optional(endpointOption()),
    redirectUri: endpointOption(),
    authorize: functionOption<OAuthInteractiveOptions["authorize"]>(),
    authorizationParameters: z._default(z.record(z.string(), z.string()), {}),
    doneUrl: z.optional(z.string().check(z.minLength(1))),
  });
}

/** Parameters that an authorization depends on. */
const RESERVED: readonly string[] = [
  "response_type",
  "client_id",
  "redirect_uri",
  "state",
  "code_challenge",
  "code_challenge_method",
];

/** Reads the options once. @throws {TypeError} naming the option that is missing, wrong or in conflict */
export function resolveInteractiveOptions(where: string, input: OAuthInteractiveOptions): ResolvedInteractiveOptions {
  const options = resolveOptions(where, schema(), input);
  const { authorizationUrl, revocationUrl, redirectUri, authorize, authorizationParameters, doneUrl, ...rest } =
    options;
  const { storage, keys } = rest;
  if (storage === undefined || keys === undefined) {
    throw new TypeError(`${where}: storage and keys: are missing: the tokens must outlive the process`);
  }
  if (options.tokenUrl !== undefined && authorizationUrl === undefined) {
    throw new TypeError(`${where}: authorizationUrl: is missing: needed with tokenUrl`);
  }
  const reserved = Object.keys(authorizationParameters).find((name) => RESERVED.includes(name));
  if (reserved !== undefined)
    throw new TypeError(`${where}: authorizationParameters: ${reserved} is set by the client`);
  const common = completeOAuthOptions(where, rest);
  return Object.freeze({
    ...common,
    ...{ clientId: options.clientId, storage, keys, authorizationUrl, revocationUrl, redirectUri, authorize },
    ...{ authorizationParameters, doneUrl },
  });
}
