import { TransportError } from "../errors/transport-error.ts";
import type { Group, GroupInput, Resource, User, UserInput } from "../protocol/resources.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import type { TypedResourceType } from "../schema/attributes/typed.ts";
import { groupResourceType } from "../schema/definitions/group.ts";
import { userResourceType } from "../schema/definitions/user.ts";
import { orAborted } from "../timing/wait-for.ts";
import { resolveClientOptions, type ScimClientOptions } from "./client-options.ts";
import { backoffMs } from "./http/retry.ts";
import { createSend } from "./http/send.ts";
import type { EffectiveCapabilities } from "./profiles/capabilities.ts";
import { createDiscovery, type ServiceProviderConfig } from "./profiles/discovery.ts";
import type { ClientProfile } from "./profiles/profile.ts";
import { createResourceClient, type ResourceClient } from "./resources/resource-client.ts";
import type { ConnectionReport } from "./test-connection.ts";

/** Options of `serviceProviderConfig`. */
export interface ServiceProviderConfigOptions {
  /** Includes what a 405 or 501 to PUT or PATCH has shown for this type. @default what applies to all types */
  readonly type?: ResourceType;
  /** Reads the configuration again. @default false */
  readonly refresh?: boolean;
  readonly signal?: AbortSignal;
}

/** A client of one service provider. */
export interface ScimClient {
  /** Without a trailing slash and without query. */
  readonly baseUrl: string;
  readonly profile: ClientProfile;
  /** Until when the service provider accepts no requests, as its last responses say; undefined if it accepts them. */
  readonly pausedUntil: Date | undefined;
  readonly users: ResourceClient<User, UserInput>;
  readonly groups: ResourceClient<Group, GroupInput>;
  /**
   * The client of any resource type, made by `defineResourceType`. It knows the attributes of a type that was defined by a
   * literal; for another one, `T` says what its resources are, and nothing checks that.
   */
  resource<T extends Resource = Resource, Input extends object = T>(
    type: TypedResourceType<string, T, Input>,
  ): ResourceClient<T, Input>;
  /**
   * What the service provider can do. If its configuration cannot be read, the defaults apply and `failure` says why; that
   * never throws. A configuration is kept for an hour and a failure for a minute, unless the options say otherwise.
   */
  serviceProviderConfig(options?: ServiceProviderConfigOptions): Promise<ServiceProviderConfig>;
  /** The capabilities in effect, with the origin of each value: those of `serviceProviderConfig`. */
  capabilities(options?: ServiceProviderConfigOptions): Promise<EffectiveCapabilities>;
  /**
   * Tries the connection with a few reads, for an administrator: connection, credentials, what is supported, what is odd,
   * and what to do about it. It never throws and writes nothing.
   */
  test(options?: { readonly signal?: AbortSignal }): Promise<ConnectionReport>;
}

/**
 * Makes a client of a service provider (RFC 7644). It sends nothing until it is used.
 *
 * Every method throws the `ScimError` that the service provider responded with, or a `TransportError` if there was no SCIM
 * response.
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
  const { base, now, sleep, random, maxWaitMs } = resolved.http;
  const send = createSend(resolved.http);
  const discovery = createDiscovery({ ...resolved, send, now });
  const context = {
    send,
    now,
    discovery,
    settle: (signal: AbortSignal | undefined) => sleep(backoffMs(1, maxWaitMs, random), signal),
  };
  const users = createResourceClient<User, UserInput>(userResourceType, context);
  const groups = createResourceClient<Group, GroupInput>(groupResourceType, context);
  const serviceProviderConfig = ({ type, refresh, signal }: ServiceProviderConfigOptions = {}) =>
    orAborted(discovery.read({ type: type?.name, refresh }), signal, () => abortedDiscovery(base.root));
  return Object.freeze({
    baseUrl: base.root,
    profile: resolved.profile,
    get pausedUntil() {
      return resolved.http.clock.pausedUntil();
    },
    users,
    groups,
    resource: <T extends Resource = Resource, Input extends object = T>(type: TypedResourceType<string, T, Input>) =>
      createResourceClient<T, Input>(type, context),
    serviceProviderConfig,
    capabilities: async (asked: ServiceProviderConfigOptions = {}) => (await serviceProviderConfig(asked)).capabilities,
    test: async ({ signal }: { readonly signal?: AbortSignal } = {}) => {
      // Few programs test a connection.
      const { testConnection } = await import("./test-connection.ts");
      const config = () => discovery.read({ refresh: true });
      return testConnection({ config, users, groups, signal, newId: () => crypto.randomUUID() });
    },
  });
}

function abortedDiscovery(url: string): TransportError {
  return new TransportError("GET /ServiceProviderConfig: aborted", {
    reason: "aborted",
    outcome: "unknown",
    url,
    attempt: 1,
  });
}
