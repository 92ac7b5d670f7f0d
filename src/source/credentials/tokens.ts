import { z } from "zod";
import { randomText, sameText } from "../../crypto/secret.ts";
import { sha256Hex } from "../../crypto/sha256.ts";
import { UnauthorizedError } from "../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { resolveOptions } from "../../options/resolve-options.ts";
import type { StateRecord, StateStorage } from "../../storage/storage.ts";

const FORM = /^scimkit_([0-9a-f]{24})_([A-Za-z0-9_-]{43})$/;
const LAST_USE_STEP_MS = 60_000;

/** A token as it can be shown again: without its secret. Times are ISO 8601 in UTC. */
export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly expires: string | undefined;
  /** To the minute; undefined if it was never used. */
  readonly lastUsed: string | undefined;
  readonly rights: "read" | "write";
}

/** Options of `SourceTokens.issue`. */
export interface IssueTokenOptions {
  /** Says where the token is used, for those who have to tell tokens apart later. */
  readonly name: string;
  /** When it stops working; it never does if this is left out. */
  readonly expires?: Date;
  /** @default "write" */
  readonly rights?: "read" | "write";
}

/** The bearer tokens of one source. Several can be valid at a time, so that they can be rotated without a gap. */
export interface SourceTokens {
  /** Makes a token. `token` is shown this once: only its hash is kept. */
  issue(options: IssueTokenOptions): Promise<TokenInfo & { readonly token: string }>;
  /** All tokens, expired ones too, oldest first. */
  list(): Promise<TokenInfo[]>;
  /** Makes a token useless at once. False if there was none of this id. */
  revoke(id: string): Promise<boolean>;
}

const issueSchema = z.strictObject({
  name: z.string().refine((name) => name.trim() !== "", { error: "must say where the token is used" }),
  expires: z.date({ error: "must be a valid Date" }).optional(),
  rights: z.enum(["read", "write"], { error: 'must be "read" or "write"' }).default("write"),
});

interface TokenValue {
  readonly name: string;
  readonly hash: string;
  readonly created: string;
  readonly expires?: string;
  readonly lastUsed?: string;
  readonly rights: "read" | "write";
}

/** Where tokens are kept and checked: one collection a source, so that a token of one cannot be looked up in another. */
export class TokenRepository implements SourceTokens {
  private readonly state: StateStorage;
  private readonly collection: () => Promise<string>;
  private readonly now: () => number;

  constructor(state: StateStorage, sourceId: () => Promise<string>, now: () => number) {
    this.state = state;
    this.collection = async () => `tokens:${await sourceId()}`;
    this.now = now;
  }

  async issue(input: IssueTokenOptions): Promise<TokenInfo & { readonly token: string }> {
    const options = resolveOptions("tokens.issue", issueSchema, input);
    if (options.expires !== undefined && options.expires.getTime() <= this.now()) {
      throw new TypeError("tokens.issue: expires: must be in the future");
    }
    const id = randomText(12, "hex");
    const secret = randomText(32, "base64url");
    const value: TokenValue = {
      name: options.name,
      hash: await sha256Hex(secret),
      created: new Date(this.now()).toISOString(),
      ...(options.expires === undefined ? {} : { expires: options.expires.toISOString() }),
      rights: options.rights,
    };
    await this.state.put(await this.collection(), id, { ...value }, { expected: null });
    return { ...infoOf(id, value), token: `scimkit_${id}_${secret}` };
  }

  async list(): Promise<TokenInfo[]> {
    const collection = await this.collection();
    const all: TokenInfo[] = [];
    let after: string | undefined;
    for (;;) {
      const records = await this.state.scan(collection, { take: 100, ...(after === undefined ? {} : { after }) });
      for (const record of records) all.push(infoOf(record.key, tokenValue(record)));
      after = records.at(-1)?.key;
      if (records.length < 100) break;
    }
    return all.sort((left, right) => (left.created < right.created ? -1 : left.created > right.created ? 1 : 0));
  }

  async revoke(id: string): Promise<boolean> {
    return this.state.delete(await this.collection(), id);
  }

  /** @throws {UnauthorizedError} for a token that is malformed, unknown, wrong or expired; which of these is not said */
  async verify(token: string | undefined): Promise<TokenInfo> {
    const parts = FORM.exec(token ?? "");
    const id = parts?.[1];
    const secret = parts?.[2];
    if (id === undefined || secret === undefined) throw new UnauthorizedError();
    const collection = await this.collection();
    const record = (await this.state.get(collection, [id])).get(id);
    // The hash is computed and compared in any case, so that an unknown token takes as long as a wrong one.
    const matches = sameText(await sha256Hex(secret), record === undefined ? "" : tokenValue(record).hash);
    if (record === undefined || !matches) throw new UnauthorizedError();
    const value = tokenValue(record);
    if (value.expires !== undefined && Date.parse(value.expires) <= this.now()) throw new UnauthorizedError();
    await this.rememberUse(collection, record);
    return infoOf(id, value);
  }

  private async rememberUse(collection: string, record: StateRecord): Promise<void> {
    const value = tokenValue(record);
    const last = value.lastUsed === undefined ? 0 : Date.parse(value.lastUsed);
    if (this.now() - last < LAST_USE_STEP_MS) return;
    const lastUsed = new Date(this.now()).toISOString();
    try {
      await this.state.put(collection, record.key, { ...value, lastUsed }, { expected: record.version });
    } catch (error) {
      // Another request was first, or the token was revoked: neither is a reason to refuse this request.
      if (!isPreconditionFailed(error)) throw error;
    }
  }
}

function tokenValue(record: StateRecord): TokenValue {
  return record.value as unknown as TokenValue;
}

function infoOf(id: string, value: TokenValue): TokenInfo {
  const { name, created, expires, lastUsed, rights } = value;
  return { id, name, created, expires, lastUsed, rights };
}
