import type { Link } from "../links/link.ts";
import type { DepartureCause } from "./scope.ts";

/** What happens to a remote resource whose object left. */
export type DeprovisionAction = "delete" | "deactivate" | "keep" | "unlink";

/** What to do, by cause. */
export type DeprovisionPolicy = Readonly<Record<DepartureCause, DeprovisionAction>>;

/** What to do with the remote resource of an object that is out of scope, and why. */
export interface Deprovisioning {
  readonly action: DeprovisionAction;
  readonly reason: string;
}

/** What the policy needs to know. */
export interface DepartureFacts {
  readonly cause: DepartureCause;
  readonly detail: string;
  /** The current configuration of the scope. */
  readonly scopeRevision: string;
}

/**
 * What the policy says about an object that is out of scope; undefined if there is nothing to do.
 *
 * If an object is out of scope only because the configuration of the scope changed, this is a cause of its own, since
 * the user did nothing. An account that existed before is not ours to delete. What cannot be deactivated is kept.
 */
export function deprovisioningOf(
  objects: { readonly deprovision: DeprovisionPolicy; readonly canDeactivate: boolean },
  link: Link,
  { cause, detail, scopeRevision }: DepartureFacts,
): Deprovisioning | undefined {
  if (link.remoteId === undefined || link.state === "detached") return undefined;
  const isConfiguration =
    cause === "leftScope" && link.scopeRevision !== undefined && link.scopeRevision !== scopeRevision;
  const policy = objects.deprovision[isConfiguration ? "scopeChanged" : cause];
  const wanted = policy === "delete" && link.origin === "adopted" ? "deactivate" : policy;
  const action = wanted === "deactivate" && !objects.canDeactivate ? "keep" : wanted;
  if (action === "deactivate" && link.state === "deactivated") return undefined;
  if (action === "keep" && (link.state === "kept" || link.state === "deactivated")) return undefined;
  return { action, reason: detail };
}

/** Whether what the policy says of an object that is out was done: nothing comes of asking again. */
export function isDeprovisioned(
  objects: Parameters<typeof deprovisioningOf>[0],
  link: Link,
  facts: DepartureFacts,
): boolean {
  if (link.state !== "detached" && link.state !== "kept" && link.state !== "deactivated") return false;
  return deprovisioningOf(objects, link, facts) === undefined;
}
