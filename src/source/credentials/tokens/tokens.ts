import * as z from "zod/mini";
import { sameText } from "../../../crypto/secret.ts";
import { sha256Hex } from "../../../crypto/sha256.ts";
import { NotFoundError } from "../../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../../errors/scim-error.ts";
import { resolveOptions } from "../../../options/resolve-options.ts";
import { type Entry, type Repository, repository } from "../../../storage/state/repository.ts";
import type { StateStorage } from "../../../storage/state-storage.ts";
import { Digests } from "../secrets/digests.ts";
import {
  dueNotice,
  endingSecret,
  hasExpired,
  inheritedExpiry,
  newStoredSecret,
  type RotateOptions,
  rotateSchema,
} from "../secrets/expiry.ts";
import { LastUses } from "../secrets/last-uses.ts";
import { replaceEntry } from "../secrets/replace-entry.ts";
import { hasChecksum, makeSecret, newSecretId, secretIdOf, shownPrefix } from "../secrets/secret-text.ts";
import { type StoredToken, TOKENS } from "./token-records.ts";

/** A token without its secret. Times are ISO 8601 in UTC. */
export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  /** How the token begins. This part is not secret, and shows which token somebody has. */
  readonly prefix: string;
  readonly created: string;
  /** Undefined if it does not expire. */
  readonly expires: string | undefined;
  /** To the minute, written after the response; undefined if it was never used. */
  readonly lastUsed: string | undefined;
  readonly rights: "read" | "write";
}

/** A token that was just issued. `token` is shown only here. */
export interface IssuedToken extends TokenInfo {
  readonly token: string;
}

/** Options of `SourceTokens.issue`. */
export interface IssueTokenOptions {
  /** Says where the token is used, so that tokens can be told apart later. */
  readonly name: string;
  /** When it expires; never if this is left out. */
  readonly expiresAt?: Date;
  /** @default "write" */
  readonly rights?: "read" | "write";
}

/** The bearer tokens of one source. Several can be valid at a time, so that they can be rotated without a gap. */
export interface SourceTokens {
  /** Issues a token. `token` is shown only here; only its hash is stored. */
  issue(options: IssueTokenOptions): Promise<IssuedToken>;
  /** All tokens, expired ones too, oldest first. */
  list(): Promise<TokenInfo[]>;
  /**
   * Issues a token with the same name, rights and lifetime. The old one is valid until the overlap ends.
   *
   * @throws {NotFoundError} if there is no token with this id
   */
  rotate(id: string, options?: RotateOptions): Promise<IssuedToken>;
  /** Revokes a token at once. False if there was none with this id. */
  revoke(id: string): Promise<boolean>;
}

const issueSchema = z.strictObject({
  name: z.string().check(z.refine((name) => name.trim() !== "", { error: "must say where the token is used" })),
  expiresAt: z.optional(z.date({ error: "must be a valid Date" })),
  rights: z._default(z.enum(["read", "write"], { error: 'must be "read" or "write"' }), "write"),
});

/** What a `TokenRepository` needs besides its storage. */
export interface TokenRepositoryOptions {
  readonly sourceId: () => Promise<string>;
  readonly now: () => number;
  /** Called with the reason why the last use of a token could not be stored. */
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
    this.lastUses = new LastUses({ now: options.now, onFailure: options.onFailure });
  }

  async issue(input: IssueTokenOptions): Promise<IssuedToken> {
    const { name, rights, expiresAt } = resolveOptions("tokens.issue", issueSchema, input);
    return this.store({ name, rights }, expiresAt, "tokens.issue");
  }

  async list(): Promise<TokenInfo[]> {
    const all: TokenInfo[] = [];
    for await (const { key, value } of (await this.tokens()).each()) all.push(infoOf(key, value));
    return all.sort((left, right) => (left.created < right.created ? -1 : left.created > right.created ? 1 : 0));
  }

  async rotate(id: string, input: RotateOptions = {}): Promise<IssuedToken> {
    const { overlapMs, expiresAt } = resolveOptions("tokens.rotate", rotateSchema, input);
    const tokens = await this.tokens();
    const old = await tokens.get(id);
    if (old === undefined) throw new NotFoundError("There is no token with this id");
    const { name, rights } = old.value;
    // First the new one: after a crash in between, the old one is still valid.
    const issued = await this.store(
      { name, rights },
      expiresAt ?? inheritedExpiry(old.value, this.now()),
      "tokens.rotate",
    );
    const ended = await replaceEntry(tokens, id, (value) => endingSecret(value, this.now(), overlapMs));
    if (ended !== undefined) return issued;
    await tokens.delete(issued.id);
    throw new NotFoundError("The token was revoked meanwhile");
  }

  async revoke(id: string): Promise<boolean> {
    return (await this.tokens()).delete(id);
  }

  /** The token; undefined for one that is malformed, unknown, wrong or expired, without saying which. */
  async verify(text: string): Promise<TokenInfo | undefined> {
    const id = secretIdOf("token", text);
    if (id === undefined || !(this.digests.isKnown(text) || hasChecksum(text))) return undefined;
    const tokens = await this.tokens();
    const stored = await tokens.get(id);
    // The hash is computed and compared in any case, so that an unknown token takes as long as a wrong one.
    const digest = await this.digests.of(text);
    const matches = sameText(digest, stored?.value.hash ?? "");
    if (stored === undefined || !matches || hasExpired(stored.value, this.now())) return undefined;
    this.digests.remember(text, digest);
    this.lastUses.note(id, stored.value.lastUsed, (time) => storeLastUse(tokens, stored, time));
    return infoOf(id, stored.value);
  }

  /** Gives each notice that is due to `notify`, once over all processes. */
  async notice(notify: (token: TokenInfo, days: number) => void, signal?: AbortSignal): Promise<void> {
    const tokens = await this.tokens();
    for await (const { key, value } of tokens.each()) {
      if (signal?.aborted === true) return;
      if (dueNotice(value, this.now()) === undefined) continue;
      let days: number | undefined;
      const noticed = await replaceEntry(tokens, key, (current) => {
        days = dueNotice(current, this.now());
        return days === undefined ? undefined : { ...current, noticed: days };
      });
      if (noticed !== undefined && days !== undefined) notify(infoOf(key, noticed.value), days);
    }
  }

  /** Resolves when the uses of tokens until now are stored. */
  idle(): Promise<void> {
    return this.lastUses.idle();
  }

  private async store(
    token: Pick<StoredToken, "name" | "rights">,
    expiresAt: Date | undefined,
    where: string,
  ): Promise<IssuedToken> {
    const id = newSecretId();
    const text = makeSecret("token", id);
    const stored = newStoredSecret(await sha256Hex(text), expiresAt, { now: this.now(), where });
    const value = { ...stored, ...token };
    await (await this.tokens()).put(id, value, { expected: null });
    return { ...infoOf(id, value), token: text };
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
  return { id, name, prefix: shownPrefix("token", id), created, expires, lastUsed, rights };
}
