/** What a client needs to know of a service provider. */
export interface Capabilities {
  /** PATCH (RFC 7644 section 3.5.2). */
  readonly patch: boolean;
  /** PUT (RFC 7644 section 3.5.1), which discovery does not speak of. */
  readonly put: boolean;
  readonly filter: boolean;
  /** Most resources in one answer. */
  readonly filterMaxResults: number;
  readonly bulk: boolean;
  /** Most operations in one bulk request. */
  readonly bulkMaxOperations: number;
  /** Largest bulk request, in bytes. */
  readonly bulkMaxPayloadSize: number;
  readonly sort: boolean;
  readonly etag: boolean;
  readonly changePassword: boolean;
}

/**
 * Where a capability is known from: the defaults, what the profile assumes, what the service provider publishes, what it
 * answered (405, 501), what the profile enforces, or the operator.
 */
export type CapabilityOrigin = "default" | "profile" | "discovered" | "learned" | "enforced" | "override";

/** Statements about capabilities, the weakest first; a later one wins. */
export interface CapabilityLayers {
  readonly profile?: Partial<Capabilities> | undefined;
  readonly discovered?: Partial<Capabilities> | undefined;
  readonly learned?: Partial<Capabilities> | undefined;
  readonly enforced?: Partial<Capabilities> | undefined;
  readonly override?: Partial<Capabilities> | undefined;
}

/** What holds, and for each capability where it is known from. */
export interface EffectiveCapabilities extends Capabilities {
  readonly origin: Readonly<Record<keyof Capabilities, CapabilityOrigin>>;
}

/** What is taken for true where nobody says otherwise: no PATCH, filters up to 100 results, nothing optional. */
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
});

const ORDER = ["profile", "discovered", "learned", "enforced", "override"] as const;

/** Lays statements over each other: defaults, profile's assumption, discovered, learned, enforced by the profile, operator. */
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
  // Every name of `Capabilities` was set above, each by its own type.
  return Object.freeze({ ...values, origin: Object.freeze(origin) }) as unknown as EffectiveCapabilities;
}
