import * as z from "zod/mini";
import { sameText } from "../../../crypto/secret.ts";
import { sha256Hex } from "../../../crypto/sha256.ts";
import { NotFoundError } from "../../../errors/request-errors.ts";
import { resolveOptions } from "../../../options/resolve-options.ts";
import { anyObject } from "../../../storage/state/codec.ts";
import type { Entry } from "../../../storage/state/repository.ts";
import { keysUrlOption } from "../assertions/issuer-options.ts";
import {
  dueNotice,
  endingSecret,
  hasExpired,
  inheritedExpiry,
  newStoredSecret,
  type RotateOptions,
  rotateSchema,
} from "../secrets/expiry.ts";
import type { LastUses } from "../secrets/last-uses.ts";
import { replaceEntry } from "../secrets/replace-entry.ts";
import { makeSecret, newSecretId, secretIdOf } from "../secrets/secret-text.ts";
import {
  type ClientSecretInfo,
  type IssuedOAuthClient,
  type IssueKeyClientOptions,
  type IssueOAuthClientOptions,
  infoOf,
  type OAuthClientInfo,
  type SourceOAuthClients,
} from "./client-info.ts";
import { CLIENTS, clientKey, type OAuthRecords, type StoredClient, type StoredClientSecret } from "./oauth-records.ts";

/** The most secrets of a client that are kept; a rotation beyond it ends the oldest. */
const MAX_SECRETS = 10;
const MAX_KEYS = 10;
const CLIENT_ID = /^[0-9a-f]{24}$/;

const issueSchema = z
  .strictObject({
    name: z.string().check(z.refine((name) => name.trim() !== "", { error: "must say where the client is used" })),
    rights: z._default(z.enum(["read", "write"], { error: 'must be "read" or "write"' }), "write"),
    expiresAt: z.optional(z.date({ error: "must be a valid Date" })),
    publicKeys: z.optional(
      z.array(anyObject()).check(
        z.minLength(1),
        z.maxLength(MAX_KEYS),
        z.refine((keys) => keys.every(isPublicKey), { error: "must be public JSON Web Keys (RSA, EC or OKP)" }),
      ),
    ),
    jwksUri: z.optional(keysUrlOption()),
  })
  .check(
    z.refine(({ publicKeys, jwksUri }) => publicKeys === undefined || jwksUri === undefined, {
      error: "cannot be given with publicKeys",
      path: ["jwksUri"],
    }),
    z.refine((options) => options.expiresAt === undefined || !hasKeys(options), {
      error: "is for secrets, and a client with keys has none",
      path: ["expiresAt"],
    }),
  );

/** What `OAuthClientRepository` needs. */
export interface OAuthClientsOptions {
  readonly records: () => Promise<OAuthRecords>;
  readonly now: () => number;
  readonly lastUses: LastUses;
}

/** A client that was found. */
export interface FoundClient {
  readonly clientId: string;
  readonly value: StoredClient;
}

/** Stores and finds the OAuth clients of one source. */
export class OAuthClientRepository implements SourceOAuthClients {
  private readonly options: OAuthClientsOptions;

  constructor(options: OAuthClientsOptions) {
    this.options = options;
  }

  async issue(input: IssueOAuthClientOptions): Promise<IssuedOAuthClient>;
  async issue(input: IssueKeyClientOptions): Promise<OAuthClientInfo>;
  async issue(input: IssueOAuthClientOptions | IssueKeyClientOptions): Promise<OAuthClientInfo> {
    const options = resolveOptions("oauthClients.issue", issueSchema, input);
    const { name, rights, publicKeys, jwksUri, expiresAt } = options;
    const clientId = newSecretId();
    const first = hasKeys(options) ? undefined : await this.newSecret(expiresAt, "oauthClients.issue");
    const value: StoredClient = {
      kind: "client",
      ...{ name, rights, publicKeys, jwksUri },
      created: new Date(this.options.now()).toISOString(),
      secrets: first === undefined ? [] : [first.stored],
    };
    await (await this.options.records()).put(clientKey(clientId), value, { expected: null });
    return Object.assign(infoOf(clientId, value), first && { clientSecret: first.text });
  }

  async list(): Promise<OAuthClientInfo[]> {
    const all: OAuthClientInfo[] = [];
    for await (const { clientId, value } of this.each()) all.push(infoOf(clientId, value));
    return all.sort((left, right) => (left.created < right.created ? -1 : left.created > right.created ? 1 : 0));
  }

  async rotate(clientId: string, input: RotateOptions = {}): Promise<IssuedOAuthClient> {
    const { overlapMs, expiresAt } = resolveOptions("oauthClients.rotate", rotateSchema, input);
    const client = await this.find(clientId);
    if (client === undefined) throw new NotFoundError("There is no OAuth client with this id");
    const now = this.options.now();
    const [newest] = client.value.secrets;
    if (newest === undefined) throw new TypeError("oauthClients.rotate: the client has keys, and no secret to rotate");
    const next = await this.newSecret(expiresAt ?? inheritedExpiry(newest, now), "oauthClients.rotate");
    const replaced = await this.replace(clientId, (value) => {
      const ending = value.secrets.map((secret) => endingSecret(secret, now, overlapMs));
      const live = ending.filter((secret) => !hasExpired(secret, now));
      return { ...value, secrets: [next.stored, ...live].slice(0, MAX_SECRETS) };
    });
    if (replaced === undefined) throw new NotFoundError("The OAuth client was revoked meanwhile");
    return { ...infoOf(clientId, replaced), clientSecret: next.text };
  }

  async revoke(clientId: string): Promise<boolean> {
    return CLIENT_ID.test(clientId) && (await this.options.records()).delete(clientKey(clientId));
  }

  /** The client with this id. */
  async find(clientId: string): Promise<FoundClient | undefined> {
    if (!CLIENT_ID.test(clientId)) return undefined;
    const entry = await (await this.options.records()).get(clientKey(clientId));
    return entry?.value.kind === "client" ? { clientId, value: entry.value } : undefined;
  }

  /** The client whose secret this is; undefined if it has no such secret, or the secret has expired. */
  async findBySecret(clientId: string, text: string): Promise<FoundClient | undefined> {
    const secretId = secretIdOf("client", text);
    const client = await this.find(clientId);
    const secret = client?.value.secrets.find(({ id }) => id === secretId);
    // Computed and compared in any case, so that an unknown client takes as long as a wrong secret.
    const matches = sameText(await sha256Hex(text), secret?.hash ?? "");
    if (secret === undefined || !matches) return undefined;
    return hasExpired(secret, this.options.now()) ? undefined : client;
  }

  /** Notes that a client is used now. */
  noteUse({ clientId, value }: FoundClient): void {
    this.options.lastUses.note(clientId, value.lastUsed, async (lastUsed) => {
      await this.replace(clientId, (current) => ({ ...current, lastUsed }));
    });
  }

  /** Gives each notice that is due for a secret to `notify`, once over all processes. */
  async notice(
    notify: (client: OAuthClientInfo, secret: ClientSecretInfo, days: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    for await (const { clientId, value } of this.each()) {
      for (const secret of value.secrets) {
        if (signal?.aborted === true) return;
        if (dueNotice(secret, this.options.now()) !== undefined) await this.noticeSecret(clientId, secret.id, notify);
      }
    }
  }

  private async noticeSecret(
    clientId: string,
    secretId: string,
    notify: (client: OAuthClientInfo, secret: ClientSecretInfo, days: number) => void,
  ): Promise<void> {
    let days: number | undefined;
    const replaced = await this.replace(clientId, (value) => {
      const due = value.secrets.find(({ id }) => id === secretId);
      days = due && dueNotice(due, this.options.now());
      if (days === undefined) return undefined;
      const noticed = days;
      return { ...value, secrets: value.secrets.map((each) => (each === due ? { ...each, noticed } : each)) };
    });
    const info = replaced && infoOf(clientId, replaced);
    const secret = info?.secrets.find(({ id }) => id === secretId);
    if (info !== undefined && secret !== undefined && days !== undefined) notify(info, secret, days);
  }

  private async *each(): AsyncGenerator<FoundClient> {
    for await (const { key, value } of (await this.options.records()).each({ prefix: CLIENTS })) {
      if (value.kind === "client") yield { clientId: key.slice(CLIENTS.length), value };
    }
  }

  private async replace(
    clientId: string,
    next: (value: StoredClient) => StoredClient | undefined,
  ): Promise<StoredClient | undefined> {
    const entry: Entry<unknown> | undefined = await replaceEntry(
      await this.options.records(),
      clientKey(clientId),
      (value) => (value.kind === "client" ? next(value) : undefined),
    );
    return entry?.value as StoredClient | undefined;
  }

  private async newSecret(
    expiresAt: Date | undefined,
    where: string,
  ): Promise<{ readonly text: string; readonly stored: StoredClientSecret }> {
    const id = newSecretId();
    const text = makeSecret("client", id);
    const stored = newStoredSecret(await sha256Hex(text), expiresAt, { now: this.options.now(), where });
    return { text, stored: { ...stored, id } };
  }
}

function hasKeys({ publicKeys, jwksUri }: { readonly publicKeys?: unknown; readonly jwksUri?: unknown }): boolean {
  return publicKeys !== undefined || jwksUri !== undefined;
}

/** A private or a secret key must not be stored here. */
function isPublicKey(key: Readonly<Record<string, unknown>>): boolean {
  return ["RSA", "EC", "OKP"].includes(String(key.kty)) && !("d" in key) && !("k" in key);
}
