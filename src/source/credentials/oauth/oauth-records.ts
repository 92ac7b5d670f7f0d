import * as z from "zod/mini";
import { anyObject, type Codec, jsonCodec } from "../../../storage/state/codec.ts";
import { type RecordKind, type Repository, repository } from "../../../storage/state/repository.ts";
import type { StateStorage } from "../../../storage/state-storage.ts";
import { isObject } from "../../../values/is-object.ts";
import { type StoredSecret, storedSecretShape } from "../secrets/expiry.ts";

/** What credentials permit. */
export type Rights = "read" | "write";

/** A secret of a client. */
export interface StoredClientSecret extends StoredSecret {
  readonly id: string;
}

/** An OAuth client as it is stored. */
export interface StoredClient {
  readonly kind: "client";
  readonly name: string;
  readonly rights: Rights;
  readonly created: string;
  readonly lastUsed?: string | undefined;
  /** Newest first. Expired ones are kept until the next rotation. */
  readonly secrets: readonly StoredClientSecret[];
  /** JSON Web Keys. */
  readonly publicKeys?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly jwksUri?: string | undefined;
}

/** An access token as it is stored. */
export interface StoredAccess {
  readonly kind: "access";
  /** SHA-256 of the whole text, in hexadecimal digits. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly rights: Rights;
  /** For whom it was issued if it was not a client of the source. */
  readonly federated?: { readonly issuer: string; readonly subject: string } | undefined;
}

const clients: Codec<StoredClient> = jsonCodec<StoredClient>(
  z.strictObject({
    kind: z.literal("client"),
    name: z.string(),
    rights: z.enum(["read", "write"]),
    created: z.string(),
    lastUsed: z.optional(z.string()),
    secrets: z.array(z.strictObject({ ...storedSecretShape, id: z.string() })),
    publicKeys: z.optional(z.array(anyObject())),
    jwksUri: z.optional(z.string()),
  }),
);

/** Reads an access token without zod, which would take a tenth of a small request. */
function readAccess({ hash, expires, rights, federated }: Readonly<Record<string, unknown>>): StoredAccess {
  const isRight = typeof hash === "string" && typeof expires === "number" && (rights === "read" || rights === "write");
  if (!isRight || !(federated === undefined || isFederated(federated))) throw new TypeError("not an access token");
  return { kind: "access", hash, expires, rights, federated };
}

function isFederated(value: unknown): value is { readonly issuer: string; readonly subject: string } {
  return isObject(value) && typeof value.issuer === "string" && typeof value.subject === "string";
}

/** Clients and access tokens of all sources are one collection, so that a token and its client are read together. */
export const OAUTH: RecordKind<StoredClient | StoredAccess> = {
  collection: "oauth",
  codec: {
    encode: (value) => ({ ...value }),
    decode: (data) => (data.kind === "access" ? readAccess(data) : clients.decode(data)),
  },
};

/** Clients and access tokens of one source. */
export type OAuthRecords = Repository<StoredClient | StoredAccess>;

/** The records of a source. */
export function oauthRecords(state: StateStorage, sourceId: string): OAuthRecords {
  return repository(state, OAUTH, sourceId);
}

/** How the keys of clients begin. */
export const CLIENTS = "client/";

/** The key of a client. */
export function clientKey(clientId: string): string {
  return CLIENTS + clientId;
}

/** The key of an access token; its id begins with that of its client. */
export function accessKey(id: string): string {
  return `access/${id}`;
}
