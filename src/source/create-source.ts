import type { ChangeListener, ChangeSource } from "../directory/changes.ts";
import type { Directory } from "../directory/directory.ts";
import { ForbiddenError } from "../errors/request-errors.ts";
import type { Mapping } from "../mapping/expressions/define-mapping.ts";
import type { DefaultSourceMappings } from "../mapping/expressions/mapped-objects.ts";
import { createTeller } from "../observe/events.ts";
import type { BackgroundTask } from "../queue/queue.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { createDirectHandler } from "../server/create-handler.ts";
import type { ScimHandler } from "../server/handler.ts";
import { bearerTokenOf, type Principal } from "../server/requests/principal.ts";
import { type StandardResourceType, serverOptionsOf } from "../server/requests/server-options.ts";
import type { Commit } from "../server/requests/write.ts";
import type { Storage } from "../storage/storage.ts";
import { once } from "../timing/once.ts";
import { changesOf, Subscribers } from "./changes/subscribers.ts";
import { type SourceTokens, TokenRepository } from "./credentials/tokens.ts";
import { DirectoryCommit } from "./delivery/commit.ts";
import { settleIntents } from "./delivery/settle.ts";
import { SettleTask } from "./delivery/settle-task.ts";
import { loadIdentity, type SourceIdentity } from "./identity.ts";
import { nameTenant } from "./name-tenant.ts";
import { mapWrite } from "./reading/map-write.ts";
import { sourceAsDirectory } from "./reading/source-as-directory.ts";
import { type ResolvedSourceOptions, resolveSourceOptions, type SourceOptions } from "./source-options.ts";

/** One identity provider that writes to us. */
export interface Source extends ChangeSource {
  readonly slug: string;
  /** The SCIM base URL to give to the identity provider. */
  readonly baseUrl: string;
  /** Responds to the identity provider. Never rejects. */
  readonly fetch: ScimHandler;
  /** The bearer tokens that the identity provider can use. */
  readonly tokens: SourceTokens;
  /** The source's immutable id and its service account, created at the first use. */
  identity(): Promise<SourceIdentity>;
  /**
   * Finishes changes that a crash or an unknown outcome left unfinished between the source and its directory, if they
   * are due; returns how many are finished. The source's task does this every few seconds; call it to do it at once.
   */
  settle(): Promise<number>;
  /**
   * Resolves when the source has done what it does after its responses, such as storing when a token was last used. Call
   * it before you close the storage.
   */
  idle(): Promise<void>;
  /**
   * Settles. Provisioning runs it; without provisioning the source runs it on a timer of its own. Undefined for a source
   * without a directory, which has nothing to settle.
   */
  readonly task: BackgroundTask | undefined;
  /** Where the source keeps its state. `tx` of its change listeners is a transaction of this storage. */
  readonly storage: Storage;
  /**
   * The users and groups that the identity provider sent, as the results of the source's mappings: for a provider to
   * read. Objects that a mapping skips are absent. Needs a storage that lists in the order of ids and keeps
   * memberships, as those of this package do; otherwise its calls throw {NotImplementedError}.
   */
  directory(): Directory;
}

/**
 * Makes a source: a SCIM service provider for one identity provider, with tokens, a service account and mappings, and
 * optionally a directory behind it.
 *
 * @example
 * ```ts
 * const source = createSource({ slug: "entra", baseUrl: "https://app.example", storage: memoryStorage() });
 * const { token } = await source.tokens.issue({ name: "Entra ID" });
 * const response = await source.fetch(new Request(`${source.baseUrl}/Users`, { headers: { authorization: `Bearer ${token}` } }));
 * ```
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function createSource<
  const M extends readonly Mapping[] = DefaultSourceMappings,
  T extends ResourceType = StandardResourceType,
>(options: SourceOptions<M, T>): Source {
  const resolved = resolveSourceOptions(options);
  const { slug, storage, now, id } = resolved;
  let tenant = id;
  const identity = once(async () => {
    const loaded = await loadIdentity(storage.state, slug, { id, newId: resolved.newId });
    tenant = loaded.id;
    return loaded;
  });
  const tell = createTeller(resolved.observe);
  const tokens = new TokenRepository(storage.state, {
    sourceId: async () => (await identity()).id,
    now,
    onFailure: async (error) => {
      const { id: source } = await identity();
      tell(() => ({ type: "source.error", source, tenant: source, error }));
    },
  });
  const subscribers = new Subscribers();
  const delivery = once(async () => directoryCommit(resolved, (await identity()).id, subscribers));
  const settle = async (signal?: AbortSignal): Promise<number> => {
    const [own, { id: ownId }] = [await delivery(), await identity()];
    return settleIntents(storage.state, (sourceId) => (sourceId === ownId ? own : undefined), signal);
  };
  const task = resolved.directory === undefined ? undefined : new SettleTask({ slug, settle, now });
  const startTimer = (): void => {
    if (resolved.timer !== false) task?.startTimer(resolved.timer);
  };
  startTimer();
  const baseUrl = `${resolved.baseUrl}/source/scim/${slug}/v2`;
  const server = serverOptionsOf(resolved);
  const fetch = createDirectHandler(
    {
      ...server,
      observe: nameTenant(server.observe, () => tenant),
      storage: resolved.resources ?? storage,
      baseUrl,
      authenticate: async (request) => {
        startTimer();
        return authenticate(request, { tokens, identity, enabled: resolved.enabled });
      },
      commit: commitOf(resolved, delivery, subscribers),
    },
    "createSource",
  );
  const directory = (): Directory =>
    sourceAsDirectory({
      resources: resolved.resources ?? storage.resources,
      tenant: async () => (await identity()).id,
      mappings: resolved.mappings,
    });
  const subscribe = (listener: ChangeListener): (() => void) => subscribers.subscribe(listener);
  const shown = { slug, baseUrl, storage, fetch, tokens: publicTokens(tokens), task };
  const idle = (): Promise<void> => tokens.idle();
  return Object.freeze({ ...shown, identity, settle: () => settle(), idle, directory, subscribe });
}

async function authenticate(
  request: Request,
  known: {
    readonly tokens: TokenRepository;
    readonly identity: () => Promise<SourceIdentity>;
    readonly enabled: () => boolean | Promise<boolean>;
  },
): Promise<Principal> {
  // First, so that the events of rejected requests name the tenant too.
  const { id, serviceAccount } = await known.identity();
  const token = await known.tokens.verify(bearerTokenOf(request));
  if (!(await known.enabled())) throw new ForbiddenError("This source is disabled");
  return { id: serviceAccount.id, tenant: id, rights: token.rights };
}

function directoryCommit(
  options: ResolvedSourceOptions,
  sourceId: string,
  subscribers: Subscribers,
): DirectoryCommit | undefined {
  const { directory, mappings } = options;
  if (directory === undefined) return undefined;
  return new DirectoryCommit({
    storage: options.storage,
    sourceId,
    directory,
    subscribers,
    map: (write) => mapWrite(mappings, write),
    unknownMembers: options.unknownMembers,
    leaseMs: options.deliveryLeaseMs,
    retryMs: options.deliveryRetryMs,
    now: options.now,
    tell: createTeller(options.observe),
  });
}

function commitOf(
  options: ResolvedSourceOptions,
  delivery: () => Promise<DirectoryCommit | undefined>,
  subscribers: Subscribers,
): Commit {
  if (options.directory !== undefined) {
    return async (write, apply) => {
      const commit = await delivery();
      return commit === undefined ? apply() : commit.commit(write, apply);
    };
  }
  return async (write, apply) => {
    // Without a directory the result is not needed, but a mapping that fails must fail now, and not when it is read.
    await mapWrite(options.mappings, write);
    if (subscribers.isEmpty) return apply();
    // The application's own tables share no transaction with what listeners write, so that is written right afterwards.
    const first = options.resources === undefined ? undefined : await apply();
    const within = { storage: options.storage, tenant: write.partition.tenant };
    return subscribers.together(within, async (tx) => {
      const result = first ?? (await apply(tx.resources));
      const isObject = write.after !== undefined;
      const { added, removed, changed } = result;
      return { result, changes: changed ? changesOf({ ...write, isObject, added, removed }) : [] };
    });
  };
}

function publicTokens(tokens: TokenRepository): SourceTokens {
  return Object.freeze({
    issue: (options: Parameters<SourceTokens["issue"]>[0]) => tokens.issue(options),
    list: () => tokens.list(),
    revoke: (id: string) => tokens.revoke(id),
  });
}
