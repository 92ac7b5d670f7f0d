import * as z from "zod/mini";
import { randomText, sameText } from "../../crypto/secret.ts";
import { sha256Hex } from "../../crypto/sha256.ts";
import { UnauthorizedError } from "../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { resolveOptions } from "../../options/resolve-options.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { type Entry, type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/storage.ts";
import { Digests } from "./digests.ts";
import { LastUses } from "./last-uses.ts";

const FORM = /^scimkit_([0-9a-f]{24})_([A-Za-z0-9_-]{43})$/;

/** A token without its secret. Times are ISO 8601 in UTC. */
export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly expires: string | undefined;
  /** To the minute, written after the response; undefined if it was never used. */
  readonly lastUsed: string | undefined;
  readonly rights: "read" | "write";
}

/** Options of `SourceTokens.issue`. */
export interface IssueTokenOptions {
  /** Says where the token is used, so that tokens can be told apart later. */
  readonly name: string;
  /** When it expires; never if this is left out. */
  readonly expires?: Date;
  /** @default "write" */
  readonly rights?: "read" | "write";
}

/** The bearer tokens of one source. Several can be valid at a time, so that they can be rotated without a gap. */
export interface SourceTokens {
  /** Issues a token. `token` is shown only here; only its hash is stored. */
  issue(options: IssueTokenOptions): Promise<TokenInfo & { readonly token: string }>;
  /** All tokens, expired ones too, oldest first. */
  list(): Promise<TokenInfo[]>;
  /** Revokes a token at once. False if there was none with this id. */
  revoke(id: string): Promise<boolean>;
}

const issueSchema = z.strictObject({
  name: z.string().check(z.refine((name) => name.trim() !== "", { error: "must say where the token is used" })),
  expires: z.optional(z.date({ error: "must be a valid Date" })),
  rights: z._default(z.enum(["read", "write"], { error: 'must be "read" or "write"' }), "write"),
});

interface StoredToken {
  readonly name: string;
  /** SHA-256 of the secret, in hexadecimal digits. */
  readonly hash: string;
  /** These times are ISO 8601 in UTC. */
  readonly created: string;
  readonly expires?: string | undefined;
  readonly lastUsed?: string | undefined;
  readonly rights: "read" | "write";
}

const TOKENS: RecordKind<StoredToken> = {
  collection: "tokens",
  codec: jsonCodec(
    z.strictObject({
      name: z.string(),
      hash: z.string(),
      created: z.string(),
      expires: z.optional(z.string()),
      lastUsed: z.optional(z.string()),
      rights: z.enum(["read", "write"]),
    }),
  ),
};

/** What a `TokenRepository` needs besides its storage. */
export interface TokenRepositoryOptions {
  readonly sourceId: () => Promise<string>;
  readonly now: () => number;
  /** Told why the last use of a token could not be stored. */
  readonly onFailure: (error: unknown) => Promise<void>;
}

/** Stores and verifies the tokens of one source. The source is the owner of the records, so a token works nowhere else. */
export class TokenRepository implements SourceTokens {
  private readonly tokens: () => Promise<Repository<StoredToken>>;
  private readonly now: () => number;
  private readonly digests: Digests;
  private readonly lastUses: LastUses;

  constructor(state: StateStorage, options: TokenRepositoryOptions) {
    this.tokens = async () => repository(state, TOKENS, await options.sourceId());
    this.now = options.now;
    this.digests = new Digests(options.now);
    this.lastUses = new LastUses({
      now: options.now,
      onFailure: options.onFailure,
    });
  }

  async issue(input: IssueTokenOptions): Promise<TokenInfo & { readonly token: string }> {
    const options = resolveOptions("tokens.issue", issueSchema, input);
    if (options.expires !== undefined && options.expires.getTime() <= this.now()) {
      throw new TypeError("tokens.issue: expires: must be in the future");
    }
    const id = randomText(12, "hex");
    const secret = randomText(32, "base64url");
    const value: StoredToken = {
      name: options.name,
      hash: await sha256Hex(secret),
      created: new Date(this.now()).toISOString(),
      expires: options.expires?.toISOString(),
      rights: options.rights,
    };
    const tokens = await this.tokens();
    await tokens.put(id, value, { expected: null });
    return { ...infoOf(id, value), token: `scimkit_${id}_${secret}` };
  }

  async list(): Promise<TokenInfo[]> {
    const all: TokenInfo[] = [];
    for await (const { key, value } of (await this.tokens()).each()) all.push(infoOf(key, value));
    return all.sort((left, right) => (left.created < right.created ? -1 : left.created > right.created ? 1 : 0));
  }

  async revoke(id: string): Promise<boolean> {
    return (await this.tokens()).delete(id);
  }

  /** @throws {UnauthorizedError} for a token that is malformed, unknown, wrong or expired, without saying which */
  async verify(token: string | undefined): Promise<TokenInfo> {
    const [, id, secret] = FORM.exec(token ?? "") ?? [];
    if (id === undefined || secret === undefined) throw new UnauthorizedError();
    const tokens = await this.tokens();
    const stored = await tokens.get(id);
    // The hash is computed and compared in any case, so that an unknown token takes as long as a wrong one.
    const digest = await this.digests.of(secret);
    const matches = sameText(digest, stored?.value.hash ?? "");
    if (stored === undefined || !matches) throw new UnauthorizedError();
    const { expires } = stored.value;
    if (expires !== undefined && Date.parse(expires) <= this.now()) throw new UnauthorizedError();
    this.digests.remember(secret, digest);
    this.lastUses.note(id, stored.value.lastUsed, (time) => storeLastUse(tokens, stored, time));
    return infoOf(id, stored.value);
  }

  /** Resolves when the uses of tokens until now are stored. */
  idle(): Promise<void> {
    return this.lastUses.idle();
  }
}

async function storeLastUse(
  tokens: Repository<StoredToken>,
  { key, value, version }: Entry<StoredToken>,
  lastUsed: string,
): Promise<void> {
  try {
    await tokens.put(key, { ...value, lastUsed }, { expected: version });
  } catch (error) {
    // Another request was first, or the token was revoked.
    if (!isPreconditionFailed(error)) throw error;
  }
}

function infoOf(id: string, { name, created, expires, lastUsed, rights }: StoredToken): TokenInfo {
  return { id, name, created, expires, lastUsed, rights };
}
