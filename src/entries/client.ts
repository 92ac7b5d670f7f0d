export type {
  Capabilities,
  CapabilityLayers,
  CapabilityOrigin,
  EffectiveCapabilities,
} from "../client/capabilities.ts";
export { defaultCapabilities, effectiveCapabilities } from "../client/capabilities.ts";
export type { AuthorizedRequest, ClientAuth } from "../client/client-auth.ts";
export { bearerToken } from "../client/client-auth.ts";
export type { DiscoveryTtlOptions, RetryOptions, ScimClientOptions } from "../client/client-options.ts";
export type { ScimClient, ServiceProviderConfigOptions } from "../client/create-client.ts";
export { createScimClient } from "../client/create-client.ts";
export type { CreateOptions, CreateResult } from "../client/create-resource.ts";
export type { ServiceProviderConfig } from "../client/discovery.ts";
export type { FilterValue, ScimFilter } from "../client/filter-template.ts";
export { filter } from "../client/filter-template.ts";
export type { ListPage, ListQuery } from "../client/list-pages.ts";
export type { WriteOutcome } from "../client/outcome.ts";
export { outcomeOf } from "../client/outcome.ts";
export type { ClientProfile, ProfileName } from "../client/profile.ts";
export { profiles } from "../client/profile.ts";
export type { ReadOptions, ResourceClient, WriteOptions } from "../client/resource-client.ts";
export type { Repeat } from "../client/retry.ts";
export type { Observer, ScimEvent } from "../observe/events.ts";
