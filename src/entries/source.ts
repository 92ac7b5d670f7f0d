export type { ChangeListener, ChangeSource } from "../directory/changes.ts";
export type { DirectoryChange } from "../directory/directory.ts";
export type { DirectoryGroup, DirectoryUser } from "../directory/objects.ts";
export type { MappedGroup, MappedUser } from "../mapping/expressions/mapped-objects.ts";
export { defineSourceGroupMapping, defineSourceUserMapping } from "../mapping/expressions/source-mappings.ts";
export type { BackgroundTask } from "../queue/queue.ts";
export type { ScimHandler } from "../server/handler.ts";
export { createSource } from "../source/create-source.ts";
export { createSources } from "../source/create-sources.ts";
export type { FetchKeys } from "../source/credentials/assertions/fetch-json.ts";
export type { FederationOptions, JwtOptions, TrustedIssuer } from "../source/credentials/assertions/issuer-options.ts";
export type {
  CredentialOptions,
  SourceAuthenticate,
  SourcePrincipal,
} from "../source/credentials/credential-options.ts";
export type { Wait } from "../source/credentials/limits/failed-attempts.ts";
export type {
  ClientSecretInfo,
  IssuedOAuthClient,
  IssueKeyClientOptions,
  IssueOAuthClientOptions,
  OAuthClientInfo,
  SourceOAuthClients,
} from "../source/credentials/oauth/client-info.ts";
export type { RotateOptions } from "../source/credentials/secrets/expiry.ts";
export type { IssuedToken, IssueTokenOptions, SourceTokens, TokenInfo } from "../source/credentials/tokens/tokens.ts";
export type { DirectoryEvent, RoleOf } from "../source/delivery/delivered-change.ts";
export type { DeliveryOptions } from "../source/delivery/delivery-options.ts";
export type { DeliveryMode } from "../source/delivery/directory-delivery.ts";
export type { RunTransaction } from "../source/delivery/joined-delivery.ts";
export type { PendingDelivery, SourceDeliveries } from "../source/delivery/pending-deliveries.ts";
export type { RoleDelta, RoleHolder } from "../source/delivery/roles.ts";
export type {
  DeliveryContext,
  MemberDelta,
  SavedObject,
  SourceDirectory,
} from "../source/delivery/source-directory.ts";
export type {
  AdoptableAccount,
  AdoptionEvidence,
  AdoptionOptions,
  AdoptionRequest,
} from "../source/guard/adoption-options.ts";
export type { Destruction, GuardUse } from "../source/guard/counters.ts";
export type {
  AllowedValues,
  GroupFloor,
  GuardedResource,
  GuardLimits,
  Protection,
  SourceGuardOptions,
} from "../source/guard/guard-options.ts";
export type { SourceGuardControl } from "../source/guard/source-guard.ts";
export type { SourceChange } from "../source/history/change-record.ts";
export type { ExpiringCredential, SourceHealth } from "../source/history/health.ts";
export type { ChangePage, HistoryOptions } from "../source/history/history.ts";
export type {
  IdentityProviderName,
  RequestLogSettings,
  VisibilityOptions,
} from "../source/history/history-options.ts";
export type { ChangeQuery, RequestQuery } from "../source/history/queries.ts";
export type { LoggedRequest } from "../source/history/request-record.ts";
export type { NamedSource, SourceIdentity } from "../source/identity.ts";
export type { ReportChangeOptions, ReportedChange } from "../source/report-change.ts";
export type { Source } from "../source/source.ts";
export type { SourceOptions } from "../source/source-options.ts";
export type { Sources } from "../source/sources.ts";
export type { SourcesOptions, TenantDirectory, TenantSourceOptions } from "../source/sources-options.ts";
export type { StartTimer } from "../timing/interval.ts";
