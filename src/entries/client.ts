export type { ClientAuth, StaticCredentialsOptions } from "../client/auth/client-auth.ts";
export { basicCredentials, bearerToken, headerCredentials } from "../client/auth/client-auth.ts";
export type { SignedAssertion } from "../client/auth/oauth/grants.ts";
export type { OAuthInteractiveOptions } from "../client/auth/oauth/interactive-options.ts";
export type {
  ClientAuthentication,
  OAuthOptions,
  SigningKey,
  TokenStorageOptions,
} from "../client/auth/oauth/oauth-options.ts";
export type { OAuthStatus } from "../client/auth/oauth/oauth-status.ts";
export type { OAuthInteractive, RevokeResult } from "../client/auth/oauth-interactive.ts";
export { oauthInteractive } from "../client/auth/oauth-interactive.ts";
export type {
  OAuthClientAuth,
  OAuthClientCredentialsOptions,
  OAuthGrantOptions,
  OAuthJwtBearerOptions,
  OAuthRefreshTokenOptions,
} from "../client/auth/oauth-silent.ts";
export { oauthClientCredentials, oauthGrant, oauthJwtBearer, oauthRefreshToken } from "../client/auth/oauth-silent.ts";
export type { DiscoveryTtlOptions, RetryOptions, ScimClientOptions } from "../client/client-options.ts";
export type { ScimClient, ServiceProviderConfigOptions } from "../client/create-client.ts";
export { createScimClient } from "../client/create-client.ts";
export type { RequestOutcome } from "../client/http/outcome.ts";
export { outcomeOf } from "../client/http/outcome.ts";
export type { AuthorizedRequest } from "../client/http/request-credentials.ts";
export type { Repeat } from "../client/http/retry.ts";
export type {
  Capabilities,
  CapabilityLayers,
  CapabilityOrigin,
  EffectiveCapabilities,
} from "../client/profiles/capabilities.ts";
export { defaultCapabilities, effectiveCapabilities } from "../client/profiles/capabilities.ts";
export type { ServiceProviderConfig } from "../client/profiles/discovery.ts";
export type { ClientProfile, ProfileName } from "../client/profiles/profile.ts";
export { profiles } from "../client/profiles/profile.ts";
export type { CreateOptions, CreateResult } from "../client/resources/create-resource.ts";
export type { FilterValue, ScimFilter } from "../client/resources/filter-template.ts";
export { filter } from "../client/resources/filter-template.ts";
export type { ListOptions, ListPage } from "../client/resources/list-pages.ts";
export type { FindOptions, FindResult, LookupKey } from "../client/resources/lookup.ts";
export type { ReadOptions, ResourceClient, WriteOptions } from "../client/resources/resource-client.ts";
export type { CheckState, ConnectionCheck, ConnectionReport } from "../client/test-connection.ts";
export type { Observer, ScimEvent } from "../observe/events.ts";
export type { PatchOperation } from "../protocol/messages.ts";
export type { PathOf } from "../protocol/paths.ts";
