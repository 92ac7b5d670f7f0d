import { isScimError } from "../../errors/scim-error.ts";
import { isDue } from "../../timing/due.ts";
import { notScim, readResponse } from "../http/read-response.ts";
import type { Send } from "../http/send.ts";
import {
  type Capabilities,
  type CapabilityLayers,
  type EffectiveCapabilities,
  effectiveCapabilities,
} from "./capabilities.ts";
import type { ClientProfile } from "./profile.ts";
import { readServiceProviderConfig } from "./service-provider-config.ts";

/** What a client knows of its service provider. */
export interface ServiceProviderConfig {
  /** The effective capabilities, with the origin of each value. */
  readonly capabilities: EffectiveCapabilities;
  /** Why the configuration could not be read; undefined if it was read, or if the profile says that there is none. */
  readonly failure: unknown;
  /**
   * Whether the defaults can be relied on. False if the service provider has made no statement yet: the last attempts ended
   * in a 401, 429 or 5xx, without a response, or in a page of HTML. If it has made one before, that one holds.
   */
  readonly isCertain: boolean;
}

/** What a client knows of the capabilities of its service provider. */
export interface Discovery {
  /** The capabilities for a resource type, or for all types. Does not throw if the configuration cannot be read. */
  read(options: { type?: string; refresh?: boolean }): Promise<ServiceProviderConfig>;
  /** The most resources in one response, as far as it is known without a request. */
  maxResults(): number | undefined;
  /** Whether listings use cursors, as far as it is known without a request. */
  usesCursors(): boolean;
  /** Records that the endpoint of a resource type responded with 405 or 501 to a method. */
  learn(type: string, method: string): void;
}

/** What discovery needs. */
export interface DiscoveryOptions {
  readonly send: Send;
  readonly profile: ClientProfile;
  readonly override: Partial<Capabilities> | undefined;
  readonly ttlMs: number;
  readonly failureTtlMs: number;
  readonly now: () => number;
}

interface Discovered {
  readonly stated: Partial<Capabilities> | undefined;
  readonly failure: unknown;
  /** Whether the service provider has made a statement, now or before. */
  readonly isCertain: boolean;
  readonly expires: number;
}

/** Statuses by which a service provider says that it has no configuration. */
const NO_CONFIGURATION: ReadonlySet<number> = new Set([400, 403, 404, 405, 410, 501]);

/** Sends one request for all callers. A configuration is kept for `ttlMs`, a failure for `failureTtlMs` (requirement C25). */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { send, profile, now } = options;
  const learned = new Map<string, number>();
  const longestMs = Math.max(options.ttlMs, options.failureTtlMs);
  let discovered: Discovered | undefined;
  let pending: Promise<Discovered> | undefined;

  const discover = async (path: string): Promise<Discovered> => {
    try {
      const response = await send({ method: "GET", route: path, path });
      const stated = readServiceProviderConfig(readResponse(response, now));
      if (stated === undefined) throw notScim(response, "JSON that is not a configuration");
      return { stated, failure: undefined, isCertain: true, expires: now() + options.ttlMs };
    } catch (failure) {
      const expires = now() + options.failureTtlMs;
      const isStatement = isScimError(failure) && NO_CONFIGURATION.has(failure.status);
      if (isStatement) return { stated: undefined, failure, isCertain: true, expires };
      // An outage says nothing: what was stated before still holds.
      return { stated: discovered?.stated, failure, isCertain: discovered?.isCertain === true, expires };
    }
  };

  const current = async (refresh: boolean): Promise<Discovered> => {
    const { serviceProviderConfigPath: path = "/ServiceProviderConfig" } = profile;
    if (path === null) return { stated: undefined, failure: undefined, isCertain: true, expires: 0 };
    if (discovered !== undefined && !refresh && !isDue(discovered.expires, now(), longestMs)) return discovered;
    pending ??= discover(path).finally(() => {
      pending = undefined;
    });
    discovered = await pending;
    return discovered;
  };

  const learnedOf = (type: string | undefined): CapabilityLayers["learned"] => {
    const lacks = (method: string): boolean => !isDue(learned.get(`${method} ${type}`) ?? 0, now(), options.ttlMs);
    return { patch: lacks("PATCH") ? false : undefined, put: lacks("PUT") ? false : undefined };
  };

  const capabilitiesOf = (type: string | undefined, stated: Discovered["stated"]): EffectiveCapabilities =>
    effectiveCapabilities({
      profile: profile.assume,
      discovered: stated,
      learned: learnedOf(type),
      enforced: profile.enforce,
      override: options.override,
    });

  return {
    read: async ({ type, refresh = false }) => {
      const { stated, failure, isCertain } = await current(refresh);
      return Object.freeze({ capabilities: capabilitiesOf(type, stated), failure, isCertain });
    },
    usesCursors: () => capabilitiesOf(undefined, discovered?.stated).cursor,
    maxResults: () => {
      const { filterMaxResults, origin } = capabilitiesOf(undefined, discovered?.stated);
      return origin.filterMaxResults === "default" ? undefined : filterMaxResults;
    },
    learn: (type, method) => void learned.set(`${method} ${type}`, now() + options.ttlMs),
  };
}
