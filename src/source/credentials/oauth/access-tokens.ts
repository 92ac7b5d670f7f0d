import { sameText } from "../../../crypto/secret.ts";
import { sha256Hex } from "../../../crypto/sha256.ts";
import { isDue } from "../../../timing/due.ts";
import { Digests } from "../secrets/digests.ts";
import { hasChecksum, makeSecret, newSecretId, secretIdOf } from "../secrets/secret-text.ts";
import { accessKey, clientKey, type OAuthRecords, type Rights, type StoredAccess } from "./oauth-records.ts";

const CLIENT_ID_LENGTH = 24;
/** The longest life of an access token, in milliseconds: six hours, as the gallery of Entra ID permits. */
export const MAX_ACCESS_TOKEN_MS = 21_600_000;

/** Who an access token is for: a client of the source, or the subject of an issuer that the source trusts. */
export type Grantee =
  | { readonly clientId: string }
  | { readonly federated: { readonly issuer: string; readonly subject: string } };

/** What `AccessTokens` needs. */
export interface AccessTokensOptions {
  readonly records: () => Promise<OAuthRecords>;
  readonly now: () => number;
  /** How long an access token lives, in milliseconds. */
  readonly lifetimeMs: number;
  /** What a federated subject may do now; undefined if it is not trusted any more. */
  readonly rightsOfFederated: (federated: { readonly issuer: string; readonly subject: string }) => Rights | undefined;
}

/** The access tokens of a source: opaque, so that they end with their client. */
export class AccessTokens {
  private readonly options: AccessTokensOptions;
  private readonly digests: Digests;

  constructor(options: AccessTokensOptions) {
    this.options = options;
    this.digests = new Digests(options.now);
  }

  /** Issues an access token. */
  async issue(grantee: Grantee, rights: Rights): Promise<string> {
    const { records, now, lifetimeMs } = this.options;
    const id = (await ownerOf(grantee)) + newSecretId();
    const text = makeSecret("access", id);
    const expires = now() + lifetimeMs;
    const federated = "federated" in grantee ? grantee.federated : undefined;
    const value: StoredAccess = { kind: "access", hash: await sha256Hex(text), expires, rights, federated };
    await (await records()).put(accessKey(id), value, { expected: null, dueAt: expires });
    return text;
  }

  /** Id and rights of an access token; undefined for one that is malformed, unknown, wrong, expired, or without client. */
  async verify(text: string): Promise<{ readonly id: string; readonly rights: Rights } | undefined> {
    const id = secretIdOf("access", text);
    if (id === undefined || !(this.digests.isKnown(text) || hasChecksum(text))) return undefined;
    const clientId = id.slice(0, CLIENT_ID_LENGTH);
    const keys = [accessKey(id), clientKey(clientId)] as const;
    const found = await (await this.options.records()).getMany(keys);
    const [access, client] = keys.map((key) => found.get(key)?.value);
    const stored = access?.kind === "access" ? access : undefined;
    const digest = await this.digests.of(text);
    const matches = sameText(digest, stored?.hash ?? "");
    if (stored === undefined || !matches || isDue(stored.expires, this.options.now(), MAX_ACCESS_TOKEN_MS))
      return undefined;
    const { federated } = stored;
    const now =
      federated === undefined ? client?.kind === "client" && client.rights : this.options.rightsOfFederated(federated);
    if (now === undefined || now === false) return undefined;
    this.digests.remember(text, digest);
    return { id, rights: now === "write" ? stored.rights : "read" };
  }
}

/** The first part of an access token's id. */
async function ownerOf(grantee: Grantee): Promise<string> {
  if ("clientId" in grantee) return grantee.clientId;
  const { issuer, subject } = grantee.federated;
  return (await sha256Hex(JSON.stringify([issuer, subject]))).slice(0, CLIENT_ID_LENGTH);
}
