import { TransportError } from "../errors/transport-error.ts";
import type { Group, Resource, User } from "../protocol/resources.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { groupResourceType } from "../schema/definitions/group.ts";
import { userResourceType } from "../schema/definitions/user.ts";
import { orAborted } from "../timing/wait-for.ts";
import { resolveClientOptions, type ScimClientOptions } from "./client-options.ts";
import { backoffMs } from "./http/retry.ts";
import { createExchange } from "./http/send.ts";
import { createDiscovery, type ServiceProviderConfig } from "./profiles/discovery.ts";
import type { ClientProfile } from "./profiles/profile.ts";
import { createResourceClient, type ResourceClient } from "./resources/resource-client.ts";

/** Options of `serviceProviderConfig`. */
export interface ServiceProviderConfigOptions {
  /** Counts in what answers for this type taught: a 405 or 501 to PUT or PATCH. @default what holds in general */
  readonly type?: ResourceType;
  /** Asks again, whatever is kept. @default false */
  readonly refresh?: boolean;
  readonly signal?: AbortSignal;
}

/** Speaks to one service provider. */
export interface ScimClient {
  /** Without a trailing slash and without query. */
  readonly baseUrl: string;
  readonly profile: ClientProfile;
  readonly users: ResourceClient<User>;
  readonly groups: ResourceClient<Group>;
  /** The client of any resource type, made by `defineResourceType`. */
  resource<T extends Resource = Resource>(type: ResourceType): ResourceClient<T>;
  /**
   * What the service provider can do. Never throws for what it answers or does not answer: then the defaults hold, and
   * `failure` says why. Kept for an hour, a failure for a minute, unless the options say otherwise.
   */
  serviceProviderConfig(options?: ServiceProviderConfigOptions): Promise<ServiceProviderConfig>;
}

/**
 * Makes a client of a service provider (RFC 7644). It sends nothing until it is used.
 *
 * Every method throws a `ScimError` of the class that stands for what the service provider answered, or a
 * `TransportError` where there was no SCIM answer.
 *
 * @example
 * ```ts
 * const client = createScimClient({ baseUrl: "https://app.example/scim/v2", auth: bearerToken(token) });
 * for await (const user of client.users.list({ filter: filter`userName eq ${name}` })) console.log(user.id);
 * ```
 * @throws {TypeError} when an option is missing or wrong
 */
export function createScimClient(options: ScimClientOptions): ScimClient {
  const resolved = resolveClientOptions(options);
  const { base, now, sleep, random, maxWaitMs } = resolved.exchange;
  const exchange = createExchange(resolved.exchange);
  const discovery = createDiscovery({ ...resolved, exchange, now });
  const context = {
    exchange,
    now,
    discovery,
    settle: (signal: AbortSignal | undefined) => sleep(backoffMs(1, maxWaitMs, random), signal),
  };
  return Object.freeze({
    baseUrl: base.root,
    profile: resolved.profile,
    users: createResourceClient<User>(userResourceType, context),
    groups: createResourceClient<Group>(groupResourceType, context),
    resource: <T extends Resource = Resource>(type: ResourceType) => createResourceClient<T>(type, context),
    serviceProviderConfig: ({ type, refresh, signal }: ServiceProviderConfigOptions = {}) =>
      orAborted(discovery.read({ type: type?.name, refresh }), signal, () => abandoned(base.root)),
  });
}

function abandoned(url: string): TransportError {
  return new TransportError("GET /ServiceProviderConfig: aborted", {
    reason: "aborted",
    outcome: "unknown",
    url,
    attempt: 1,
  });
}
