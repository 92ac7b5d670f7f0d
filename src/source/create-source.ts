import { NotFoundError } from "../errors/request-errors.ts";
import type { Mapping } from "../mapping/expressions/define-mapping.ts";
import type { DefaultSourceMappings } from "../mapping/expressions/mapped-objects.ts";
import type { RespondsDirectly } from "../protocol/direct-response.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import type { StandardResourceType } from "../schema/definitions/standard-types.ts";
import { createDirectHandler } from "../server/create-handler.ts";
import type { ScimHandler } from "../server/handler.ts";
import { serverOptionsOf } from "../server/requests/server-options.ts";
import type { PendingDeliveries, SourceDeliveries } from "./delivery/pending-deliveries.ts";
import { SettleTask } from "./delivery/settle-task.ts";
import type { SourceGuardControl } from "./guard/source-guard.ts";
import { type ChangeQuery, type RequestQuery, readChangeQuery, readRequestQuery } from "./history/queries.ts";
import { removeExpired } from "./history/visibility.ts";
import type { SourceIdentity } from "./identity.ts";
import { nameTenant } from "./name-tenant.ts";
import { sourceAsDirectory } from "./reading/source-as-directory.ts";
import type { Source } from "./source.ts";
import { healthOfSource } from "./source-health.ts";
import { type ResolvedSourceOptions, resolveSourceOptions, type SourceOptions } from "./source-options.ts";
import { partsOf, type SourceParts, settleParts } from "./source-parts.ts";

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
  const M extends readonly Mapping<"source">[] = DefaultSourceMappings,
  T extends ResourceType = StandardResourceType,
>(options: SourceOptions<M, T>): Source {
  return makeSource(resolveSourceOptions(options)).source;
}

/** A source, and what it is made of. */
export interface MadeSource {
  readonly source: Source;
  readonly handler: ScimHandler & RespondsDirectly;
  readonly parts: SourceParts;
}

/** Makes a source of options that were read. With `known`, it has this identity, whatever its slug. */
export function makeSource(resolved: ResolvedSourceOptions, known?: SourceIdentity): MadeSource {
  const parts = partsOf(resolved, known);
  const { storage, slug, now } = resolved;
  const { identity, credentials, visibility, subscribers } = parts;
  const { tokens, oauthClients, urls } = credentials;
  const task = new SettleTask({
    name: `source.settle:${slug}`,
    settle: (signal) => settleParts(parts, signal),
    expire: async (signal) => {
      await removeExpired(storage.state, now());
      await credentials.tidy(signal);
    },
    now,
  });
  const startTimer = (): void => {
    if (resolved.timer !== false) task.startTimer(resolved.timer);
  };
  startTimer();
  const handler = handlerOf(parts, startTimer);
  const directory = sourceAsDirectory({
    resources: resolved.resources ?? storage.resources,
    tenant: parts.sourceId,
    mappings: resolved.mappings,
  });
  const source = Object.freeze<Source>({
    ...{ slug, baseUrl: parts.baseUrl, storage, task, identity, tokens, oauthClients, tokenUrl: urls.token },
    fetch: handler,
    settle: () => settleParts(parts),
    idle: async () => {
      await credentials.idle();
      await visibility.idle();
      await parts.delivered();
    },
    guard: guardControl(parts),
    deliveries: deliveriesOf(parts),
    reportChange: async (change, own) => (await import("./report-change.ts")).reportChange(parts, change, own),
    changes: (query: ChangeQuery = {}) => visibility.changes(readChangeQuery(query)),
    requests: (query: RequestQuery = {}) => visibility.requests(readRequestQuery(query)),
    health: () => healthOfSource(parts),
    directory: () => directory,
    applicationSide: applicationSideOf(resolved),
    subscribe: (listener, ids) => subscribers.subscribe(listener, ids?.ids),
  });
  return { source, handler, parts };
}

function guardControl({ guard }: SourceParts): SourceGuardControl {
  return Object.freeze<SourceGuardControl>({
    status: () => guard.status(),
    release: (options) => guard.release(options),
  });
}

function deliveriesOf({ delivery }: SourceParts): SourceDeliveries {
  const pending = async (): Promise<PendingDeliveries> => {
    const own = await delivery();
    if (own === undefined) throw new NotFoundError("This source has no directory");
    return own.pending;
  };
  return Object.freeze<SourceDeliveries>({
    list: async function* ({ state } = {}) {
      const own = await delivery();
      if (own !== undefined) yield* own.pending.list(state);
    },
    replay: async (id) => (await pending()).replay(id),
    discard: async (id) => (await pending()).discard(id),
  });
}

/** Responds to the identity provider. `begin` is called before each request. */
function handlerOf(parts: SourceParts, begin: () => void): ScimHandler & RespondsDirectly {
  const { options, visibility, baseUrl, credentials, commit } = parts;
  const server = serverOptionsOf(options);
  const handler = createDirectHandler(
    {
      ...server,
      observe: visibility.observing(nameTenant(server.observe, parts.tenant)),
      storage: options.resources ?? options.storage,
      baseUrl,
      authenticate: async (request) => {
        begin();
        return credentials.authenticate(request);
      },
      commit,
    },
    "createSource",
    { watch: visibility.watch, restoredId: (type, attributes) => parts.guard.restoredId(type, attributes) },
  );
  return credentials.withOAuth(handler);
}

function applicationSideOf({ directory, resources }: ResolvedSourceOptions): Source["applicationSide"] {
  if (directory !== undefined) return "directory";
  return resources === undefined ? undefined : "resources";
}
