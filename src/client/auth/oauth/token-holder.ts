import { isPreconditionFailed } from "../../../errors/scim-error.ts";
import { isTokenRequestError, TokenRequestError } from "../../../errors/token-request-error.ts";
import type { ScimEvent } from "../../../observe/events.ts";
import { isDue } from "../../../timing/due.ts";
import { MUST_AUTHORIZE } from "./grants.ts";
import type { IssuedTokens } from "./token-request.ts";
import { hasExpired, needsRenewal, type TokenSet } from "./token-set.ts";
import type { StoredTokens, TokenStore } from "./token-store.ts";

/** How long a refusal is remembered, so that not every request leads to another token request, in milliseconds. */
const REFUSED_MS = 60_000;
/** How long a temporary failure is remembered, in milliseconds. */
const FAILED_MS = 5_000;
/** After a 401, a token that is younger than this is not renewed: the service provider rejects new ones too. */
const YOUNG_MS = 10_000;
/** How often the storage is read while another process renews the tokens, in milliseconds. */
const POLL_MS = 250;
/** How long to wait for another process, in milliseconds: longer than it may take. */
const LONGEST_POLL_MS = 60_000;

/** What a token holder needs. */
export interface TokenHolderOptions {
  /** Requests new tokens; `known` are the present ones, which may contain a refresh token. */
  readonly request: (known: TokenSet | undefined) => Promise<Renewed>;
  /** Undefined if each process has its own tokens. */
  readonly store: TokenStore | undefined;
  /** Whether stored tokens may be used: false if they belong to earlier options. @default true */
  readonly accepts?: (tokens: TokenSet) => boolean | Promise<boolean>;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly tell: (event: () => ScimEvent) => void;
  readonly name: string;
}

/** New tokens, and when they were requested. */
export interface Renewed {
  readonly issued: IssuedTokens;
  /** Kept with the tokens. */
  readonly about?: Pick<TokenSet, "refreshToken" | "by" | "authorizedAt" | "origin">;
}

/** Why there are no tokens. */
interface Failure {
  readonly error: unknown;
  readonly until: number;
}

/** The tokens of one client: requested once for all callers and all processes, and renewed before they expire. */
export class TokenHolder {
  private readonly options: TokenHolderOptions;
  private tokens: TokenSet | undefined;
  /** Tokens that could not be stored yet. */
  private unsaved: { readonly tokens: TokenSet; readonly tryAt: number } | undefined;
  private refused: string | undefined;
  private failure: Failure | undefined;
  private pending: Promise<TokenSet> | undefined;

  constructor(options: TokenHolderOptions) {
    this.options = options;
  }

  /** An access token that is valid. @throws {TokenRequestError} when there is none */
  async accessToken(): Promise<string> {
    const known = this.tokens;
    await this.save();
    if (known !== undefined && this.isFresh(known)) return known.accessToken;
    return (await this.renewOnce(known)).accessToken;
  }

  /** Renews the token that was last returned: the service provider has rejected it. */
  async refuse(): Promise<void> {
    const known = this.tokens;
    const { now } = this.options;
    const age = known === undefined ? YOUNG_MS : now() - known.obtainedAt;
    if (known === undefined || (age >= 0 && age < YOUNG_MS)) return;
    this.refused = known.accessToken;
    await this.renewOnce(undefined);
  }

  /** The present tokens, without a request. */
  async present(): Promise<TokenSet | undefined> {
    if (this.options.store === undefined) return this.tokens;
    return this.unsaved?.tokens ?? (await this.readStored()).tokens;
  }

  /** Why the last renewal failed; undefined if it did not. */
  lastFailure(): unknown {
    return this.failure?.error;
  }

  /** Notes that an authorization was refused. Present tokens stay in use. */
  noteFailure(error: unknown): void {
    this.failure = { error, until: 0 };
  }

  /** Replaces the tokens, after a new authorization. */
  async replace(tokens: TokenSet): Promise<void> {
    await this.options.store?.write(tokens, undefined);
    this.accept(tokens);
  }

  /** Forgets the tokens, in the storage too. */
  async forget(): Promise<void> {
    await this.options.store?.remove();
    this.tokens = undefined;
    this.unsaved = undefined;
    this.failure = undefined;
  }

  private renewOnce(fallback: TokenSet | undefined): Promise<TokenSet> {
    this.pending ??= this.renew(fallback).finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async renew(fallback: TokenSet | undefined): Promise<TokenSet> {
    try {
      const tokens = await this.storedOrRequested();
      this.accept(tokens);
      return tokens;
    } catch (error) {
      const isTemporary = !isTokenRequestError(error) || error.isTemporary;
      // A token that is valid for some time still is better than an error.
      if (isTemporary && fallback !== undefined && this.isUsable(fallback)) return fallback;
      throw error;
    }
  }

  private async storedOrRequested(): Promise<TokenSet> {
    const { store, now, sleep } = this.options;
    if (store === undefined) return this.requested(this.tokens);
    const from = now();
    for (let waitedMs = 0; waitedMs < LONGEST_POLL_MS; waitedMs += POLL_MS) {
      const stored = await this.readStored();
      if (stored.tokens !== undefined && this.isFresh(stored.tokens)) return stored.tokens;
      const renewed = await store.exclusively(() => this.requestedAndStored(store));
      if (renewed !== undefined) return renewed.result;
      await sleep(POLL_MS);
    }
    throw new TokenRequestError(`Another process has renewed the tokens for ${now() - from} ms`, { isTemporary: true });
  }

  /** Under the lease. Another process may have renewed the tokens just before it was taken. */
  private async requestedAndStored(store: TokenStore): Promise<TokenSet> {
    const stored = await this.readStored();
    if (stored.tokens !== undefined && this.isFresh(stored.tokens)) return stored.tokens;
    const tokens = await this.requested(stored.tokens);
    try {
      await store.write(tokens, stored.version);
    } catch (error) {
      // A new authorization has replaced them meanwhile: its tokens are the ones to use.
      const newer = isPreconditionFailed(error) ? (await this.readStored()).tokens : undefined;
      if (newer !== undefined && this.isFresh(newer)) return newer;
      // The authorization server may have replaced the refresh token: this process is the only one that knows it.
      this.unsaved = { tokens, tryAt: this.options.now() + FAILED_MS };
      this.report("unsaved", error);
    }
    return tokens;
  }

  private async requested(known: TokenSet | undefined): Promise<TokenSet> {
    const { now, request } = this.options;
    const { failure } = this;
    if (failure !== undefined && failure.until > now() && failure.until <= now() + REFUSED_MS) throw failure.error;
    const requestedAt = now();
    try {
      const { issued, about } = await request(known);
      const { accessToken, expiresInMs, refreshToken, scope } = issued;
      this.report("renewed");
      return {
        accessToken,
        obtainedAt: requestedAt,
        expiresAt: expiresInMs === undefined ? undefined : requestedAt + expiresInMs,
        scope,
        ...about,
        refreshToken: refreshToken ?? about?.refreshToken,
      };
    } catch (error) {
      const isTemporary = !isTokenRequestError(error) || error.isTemporary;
      // Nothing has failed if nobody has authorized the client yet.
      if (isTokenRequestError(error) && error.error === MUST_AUTHORIZE) throw error;
      this.failure = { error, until: now() + (isTemporary ? FAILED_MS : REFUSED_MS) };
      this.report("failed", error);
      throw error;
    }
  }

  /** Stores tokens that could not be stored when they were issued. */
  private async save(): Promise<void> {
    const { unsaved } = this;
    if (unsaved === undefined || !isDue(unsaved.tryAt, this.options.now(), FAILED_MS)) return;
    try {
      await this.options.store?.write(unsaved.tokens, undefined);
      this.unsaved = undefined;
    } catch (error) {
      this.unsaved = { ...unsaved, tryAt: this.options.now() + FAILED_MS };
      this.report("unsaved", error);
    }
  }

  private async readStored(): Promise<StoredTokens> {
    const { store, accepts } = this.options;
    const stored = await store?.read();
    if (stored?.tokens === undefined) return { tokens: undefined, version: stored?.version ?? null };
    return accepts === undefined || (await accepts(stored.tokens)) ? stored : { ...stored, tokens: undefined };
  }

  private accept(tokens: TokenSet): void {
    this.tokens = tokens;
    this.failure = undefined;
  }

  private isFresh(tokens: TokenSet): boolean {
    return this.isUsable(tokens) && !needsRenewal(tokens, this.options.now());
  }

  private isUsable(tokens: TokenSet): boolean {
    return tokens.accessToken !== this.refused && !hasExpired(tokens, this.options.now());
  }

  private report(outcome: "renewed" | "failed" | "unsaved", error?: unknown): void {
    const { tell, name } = this.options;
    tell(() => ({ type: "client.tokens", name, outcome, error }));
  }
}
