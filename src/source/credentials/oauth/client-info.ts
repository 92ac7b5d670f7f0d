import type { RotateOptions } from "../secrets/expiry.ts";
import { shownPrefix } from "../secrets/secret-text.ts";
import type { Rights, StoredClient } from "./oauth-records.ts";

/** A secret of an OAuth client, without the secret itself. Times are ISO 8601 in UTC. */
export interface ClientSecretInfo {
  readonly id: string;
  /** How the secret begins. This part is not secret. */
  readonly prefix: string;
  readonly created: string;
  /** Undefined if it does not expire. */
  readonly expires: string | undefined;
}

/** An OAuth client of a source. Times are ISO 8601 in UTC. */
export interface OAuthClientInfo {
  readonly clientId: string;
  readonly name: string;
  readonly rights: Rights;
  readonly created: string;
  /** When it last got an access token, to the minute; undefined if it never got one. */
  readonly lastUsed: string | undefined;
  /** Newest first. Empty for a client with keys. */
  readonly secrets: readonly ClientSecretInfo[];
  /** How many public keys are stored. */
  readonly publicKeys: number;
  readonly jwksUri: string | undefined;
}

/** An OAuth client with its new secret, which is shown only here. */
export interface IssuedOAuthClient extends OAuthClientInfo {
  readonly clientSecret: string;
}

/** Options of `SourceOAuthClients.issue`. */
export interface IssueOAuthClientOptions {
  /** Says where the client is used. */
  readonly name: string;
  /** What its access tokens permit. @default "write" */
  readonly rights?: Rights;
  /** When the secret expires; never if this is left out. */
  readonly expiresAt?: Date;
}

/**
 * Options of `SourceOAuthClients.issue` for a client that authenticates with assertions that it signs (`private_key_jwt`,
 * RFC 7523), and has no secret. Either `publicKeys` or `jwksUri` is required.
 */
export interface IssueKeyClientOptions extends Omit<IssueOAuthClientOptions, "expiresAt"> {
  /** Its public keys as JSON Web Keys, at most 10. */
  readonly publicKeys?: readonly object[];
  /** Where it publishes its keys, instead of `publicKeys`: https, or http on localhost. */
  readonly jwksUri?: string;
}

/** The OAuth clients of one source. They get access tokens at `source.tokenUrl`. */
export interface SourceOAuthClients {
  /** Makes a client. `clientSecret` is shown only here; only its hash is stored. */
  issue(options: IssueOAuthClientOptions): Promise<IssuedOAuthClient>;
  /** Makes a client with keys instead of a secret. */
  issue(options: IssueKeyClientOptions): Promise<OAuthClientInfo>;
  /** All clients, oldest first. */
  list(): Promise<OAuthClientInfo[]>;
  /**
   * Makes another secret with the same lifetime. The older ones are valid until the overlap ends. At most ten are kept.
   *
   * @throws {NotFoundError} if there is no client with this id
   * @throws {TypeError} if the client has keys instead of secrets
   */
  rotate(clientId: string, options?: RotateOptions): Promise<IssuedOAuthClient>;
  /** Removes a client and ends its access tokens at once. False if there was none with this id. */
  revoke(clientId: string): Promise<boolean>;
}

/** What may be shown of a client. */
export function infoOf(clientId: string, client: StoredClient): OAuthClientInfo {
  const { name, rights, created, lastUsed, secrets, publicKeys, jwksUri } = client;
  return {
    ...{ clientId, name, rights, created, lastUsed, jwksUri },
    publicKeys: publicKeys?.length ?? 0,
    secrets: secrets.map((secret) => ({
      id: secret.id,
      prefix: shownPrefix("client", secret.id),
      created: secret.created,
      expires: secret.expires,
    })),
  };
}
