import type { Link } from "../links/link.ts";
import type { ObjectState, Target } from "./target.ts";

/** What is to be done about the remote resource of an object that is out, and why. */
export interface Absence {
  readonly action: "delete" | "deactivate" | "keep" | "unlink";
  readonly reason: string;
}

/**
 * What the policy says of an object that is out; undefined where there is nothing to do.
 *
 * Someone who is out only because the configuration of the scope changed did nothing: that is a cause of its own. An
 * account that was there before us is not ours to delete. What cannot be deactivated is kept.
 */
export function absenceOf(
  target: Target,
  link: Link,
  facts: { readonly state: Extract<ObjectState, { inScope: false }>; readonly scopeRevision: string },
): Absence | undefined {
  const { state, scopeRevision } = facts;
  if (link.remoteId === undefined || link.state === "detached") return undefined;
  const isConfiguration =
    state.cause === "leftScope" && link.scopeRevision !== undefined && link.scopeRevision !== scopeRevision;
  const policy = target.deprovision[isConfiguration ? "scopeChanged" : state.cause];
  const wanted = policy === "delete" && link.origin === "adopted" ? "deactivate" : policy;
  const action = wanted === "deactivate" && !target.canDeactivate ? "keep" : wanted;
  if (action === "deactivate" && link.state === "deactivated") return undefined;
  if (action === "keep" && (link.state === "kept" || link.state === "deactivated")) return undefined;
  return { action, reason: state.detail };
}
