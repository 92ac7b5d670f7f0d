export type { ChangeListener, ChangeSource } from "../directory/changes.ts";
export type { DirectoryChange } from "../directory/directory.ts";
export { defineProviderGroupMapping, defineProviderUserMapping } from "../mapping/expressions/provider-mappings.ts";
export type { GuardOptions } from "../provider/context/guard-options.ts";
export type { ObjectReport, Provider, ProviderRuns } from "../provider/create-provider.ts";
export { createProvider } from "../provider/create-provider.ts";
export type { Provisioning } from "../provider/create-provisioning.ts";
export { createProvisioning } from "../provider/create-provisioning.ts";
export type { FailureCode } from "../provider/links/failures.ts";
export type { LinkState } from "../provider/links/link.ts";
export type { ActionEvents, LinkAction, LinkEvent } from "../provider/links/link-events.ts";
export type { LinkStep } from "../provider/links/trace.ts";
export type { MarkedObject } from "../provider/marks/mark-keys.ts";
export type { MembershipOutcome } from "../provider/memberships/send.ts";
export type { DeprovisionAction, DeprovisionPolicy } from "../provider/objects/deprovisioning.ts";
export type { DepartureCause, ScopeOptions } from "../provider/objects/scope.ts";
export type { Change } from "../provider/plan/plan.ts";
export type { ProviderOptions } from "../provider/provider-options.ts";
export type {
  AnnouncedSource,
  ProvisioningErrorContext,
  ProvisioningOptions,
  ProvisioningSource,
} from "../provider/provisioning-options.ts";
export type { Did } from "../provider/reconcile/reconcile.ts";
export type { RemoteRequest } from "../provider/remote/classify.ts";
export type { Run, RunCounts, RunFailure, RunPhase } from "../provider/runs/run.ts";
export type { SyncOptions, SyncProgress } from "../provider/sync/sync.ts";
export type { StartTimer } from "../timing/interval.ts";
