import { notScim, readAnswer } from "../http/read-response.ts";
import type { Exchange } from "../http/send.ts";
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
  /** What holds, with the origin of each value. */
  readonly capabilities: EffectiveCapabilities;
  /** Why discovery told nothing; undefined if it did, or is never asked. */
  readonly failure: unknown;
}

/** A client's knowledge of capabilities. */
export interface Discovery {
  /** What holds for a resource type, or in general. Never throws for what the service provider does. */
  read(options: { type?: string; refresh?: boolean }): Promise<ServiceProviderConfig>;
  /** Keeps that a resource type's endpoint answered 405 or 501 to a method. */
  learn(type: string, method: string): void;
}

/** What discovery is made of. */
export interface DiscoveryOptions {
  readonly exchange: Exchange;
  readonly profile: ClientProfile;
  readonly override: Partial<Capabilities> | undefined;
  readonly ttlMs: number;
  readonly failureTtlMs: number;
  readonly now: () => number;
}

interface Found {
  readonly stated: Partial<Capabilities> | undefined;
  readonly failure: unknown;
  readonly expires: number;
}

/** Asks once for all callers and keeps the answer `ttlMs`; a failure only `failureTtlMs` (requirement C25). */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { exchange, profile, now } = options;
  const learned = new Map<string, number>();
  let found: Found | undefined;
  let asking: Promise<Found> | undefined;

  const ask = async (path: string): Promise<Found> => {
    try {
      const answer = await exchange({ method: "GET", route: path, path });
      const stated = readServiceProviderConfig(readAnswer(answer, now));
      if (stated === undefined) throw notScim(answer, "JSON that is no configuration");
      return { stated, failure: undefined, expires: now() + options.ttlMs };
    } catch (failure) {
      return { stated: undefined, failure, expires: now() + options.failureTtlMs };
    }
  };

  const current = async (refresh: boolean): Promise<Found> => {
    const { serviceProviderConfigPath: path = "/ServiceProviderConfig" } = profile;
    if (path === null) return { stated: undefined, failure: undefined, expires: 0 };
    if (found !== undefined && !refresh && now() < found.expires) return found;
    asking ??= ask(path).finally(() => {
      asking = undefined;
    });
    found = await asking;
    return found;
  };

  const learnedOf = (type: string | undefined): CapabilityLayers["learned"] => {
    const lacks = (method: string): boolean => (learned.get(`${method} ${type}`) ?? 0) > now();
    return { ...(lacks("PATCH") ? { patch: false } : {}), ...(lacks("PUT") ? { put: false } : {}) };
  };

  return {
    read: async ({ type, refresh = false }) => {
      const { stated, failure } = await current(refresh);
      const capabilities = effectiveCapabilities({
        profile: profile.assume,
        discovered: stated,
        learned: learnedOf(type),
        enforced: profile.enforce,
        override: options.override,
      });
      return Object.freeze({ capabilities, failure });
    },
    learn: (type, method) => void learned.set(`${method} ${type}`, now() + options.ttlMs),
  };
}
