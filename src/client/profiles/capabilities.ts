/**
 * What a service provider can do (RFC 7643 section 5). The client acts on `filterMaxResults` and `cursor`, and a provider on
 * `patch`, `put` and `etag`. The others are for the caller of `serviceProviderConfig`.
 */
export interface Capabilities {
  /** PATCH (RFC 7644 section 3.5.2). */
  readonly patch: boolean;
  /** PUT (RFC 7644 section 3.5.1). A configuration does not contain it. */
  readonly put: boolean;
  readonly filter: boolean;
  /** Most resources in one response. A listing never requests more. */
  readonly filterMaxResults: number;
  readonly bulk: boolean;
  /** Most operations in one bulk request. */
  readonly bulkMaxOperations: number;
  /** Largest bulk request, in bytes. */
  readonly bulkMaxPayloadSize: number;
  readonly sort: boolean;
  readonly etag: boolean;
  readonly changePassword: boolean;
  /** Paging by cursor (RFC 9865). Listings then use it, as soon as the configuration was read. */
  readonly cursor: boolean;
}

/**
 * Where the value of a capability comes from: the defaults, what the profile assumes, the configuration of the service
 * provider, its responses (405, 501), what the profile enforces, or the operator.
 */
export type CapabilityOrigin = "default" | "profile" | "discovered" | "learned" | "enforced" | "override";

/** Values of capabilities by origin, the weakest first; a later one overrides an earlier one. */
export interface CapabilityLayers {
  readonly profile?: Partial<Capabilities>;
  readonly discovered?: Partial<Capabilities>;
  readonly learned?: Partial<Capabilities>;
  readonly enforced?: Partial<Capabilities>;
  readonly override?: Partial<Capabilities>;
}

/** The capabilities in effect, and the origin of each. */
export interface EffectiveCapabilities extends Capabilities {
  readonly origin: Readonly<Record<keyof Capabilities, CapabilityOrigin>>;
}

/** What applies where nothing else is known: no PATCH, filters with up to 100 results, no optional feature. */
export const defaultCapabilities: Capabilities = Object.freeze({
  patch: false,
  put: true,
  filter: true,
  filterMaxResults: 100,
  bulk: false,
  bulkMaxOperations: 0,
  bulkMaxPayloadSize: 0,
  sort: false,
  etag: false,
  changePassword: false,
  cursor: false,
});

const ORDER = ["profile", "discovered", "learned", "enforced", "override"] as const;

/** Merges the layers: defaults, assumed by the profile, discovered, learned, enforced by the profile, set by the operator. */
export function effectiveCapabilities(layers: CapabilityLayers): EffectiveCapabilities {
  const values: Record<string, boolean | number> = { ...defaultCapabilities };
  const origin: Record<string, CapabilityOrigin> = {};
  const names = Object.keys(defaultCapabilities) as (keyof Capabilities)[];
  for (const name of names) origin[name] = "default";
  for (const layer of ORDER) {
    for (const name of names) {
      const stated = layers[layer]?.[name];
      if (stated === undefined) continue;
      values[name] = stated;
      origin[name] = layer;
    }
  }
  // Every name of `Capabilities` was set above, with a value of its type.
  return Object.freeze({ ...values, origin: Object.freeze(origin) }) as unknown as EffectiveCapabilities;
}
