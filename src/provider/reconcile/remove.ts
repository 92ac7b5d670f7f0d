import type { Document } from "../links/link.ts";
import { deprovisioningOf } from "../objects/deprovisioning.ts";
import { remoteIdOf } from "../remote/resources.ts";
import { isOf } from "./create.ts";
import { readRemote } from "./read.ts";
import { type EventOf, failed, type Reconciliation, remoteIdIn } from "./reconciliation.ts";
import { send } from "./update.ts";

/** What the policy says about an object that is out of scope, by the cause. */
export async function decide(reconciliation: Reconciliation): Promise<EventOf<"decide">> {
  if (reconciliation.object.inScope) return "inScope";
  const { state } = reconciliation.stored.link;
  return policyEvent(reconciliation) ?? (state === "deactivated" ? "policyDeactivate" : "policyKeep");
}

const POLICY_EVENTS = {
  delete: "policyDelete",
  deactivate: "policyDeactivate",
  keep: "policyKeep",
  unlink: "policyUnlink",
} as const;

function policyEvent({ object, context, objects, stored }: Reconciliation) {
  if (object.inScope) return undefined;
  const facts = { cause: object.cause, detail: object.detail, scopeRevision: context.scope.revision };
  const deprovisioning = deprovisioningOf(objects, stored.link, facts);
  return deprovisioning === undefined ? undefined : POLICY_EVENTS[deprovisioning.action];
}

/**
 * Closes the account and checks that it is closed. The request is sent even if a read shows that it is closed already.
 */
export async function deactivate(reconciliation: Reconciliation): Promise<EventOf<"deactivate">> {
  const { objects, context, key } = reconciliation;
  if (!objects.canDeactivate) return "unsupported";
  const current = await readRemote(reconciliation);
  if (current.event !== "succeeded") return plainly(current.event);
  const closed: Document = { schemas: [objects.type.schema.id], active: false };
  const remote = { ...current.value, active: current.value.active === false ? undefined : current.value.active };
  const written = await send(reconciliation, remote, { desired: closed });
  if (written.event !== "succeeded") return plainly(written.event);
  context.canary.wrote(key.type, remoteIdIn(reconciliation));
  const shown = written.shown?.active ?? (await activeNow(reconciliation));
  if (shown === true) return "notTaken";
  return shown === false ? "succeeded" : "unconfirmed";
}

function plainly(event: Exclude<Awaited<ReturnType<typeof readRemote>>["event"], "succeeded">) {
  return event === "notFoundYoung" || event === "unreadable" ? "unknown" : event;
}

/**
 * Whether the account is active; a resource that is no longer shown counts as inactive. Undefined if this is never
 * shown.
 */
async function activeNow({ objects, stored }: Reconciliation): Promise<boolean | undefined> {
  const result = await objects.remote.get(stored.link.remoteId ?? "");
  if (result.event === "notFound") return false;
  const active = result.event === "succeeded" ? result.value.active : undefined;
  return typeof active === "boolean" ? active : undefined;
}

/** Deletes the remote resource and checks that it is gone. */
export async function remove(reconciliation: Reconciliation): Promise<EventOf<"delete">> {
  const { objects, context, key } = reconciliation;
  const remoteId = remoteIdIn(reconciliation);
  reconciliation.writes += 1;
  const result = await objects.remote.delete(remoteId);
  if (result.event === "succeeded") {
    context.canary.forget(key.type, remoteId);
    return (await isGone(reconciliation)) ? "succeeded" : "stillThere";
  }
  const event = failed(reconciliation, result);
  if (event === "notFound") await context.canary.prove({ type: key.type, remote: objects.remote }, remoteId);
  if (event === "unsupported") return objects.canDeactivate ? "unsupported" : "undeletable";
  return event === "conflict" || event === "precondition" ? "refused" : event;
}

/** A deletion may take effect late, so an account that is still active is checked twice. */
async function isGone(reconciliation: Reconciliation): Promise<boolean> {
  if (await isGoneNow(reconciliation)) return true;
  await reconciliation.context.sleep(reconciliation.context.settings.settleMs);
  return isGoneNow(reconciliation);
}

async function isGoneNow({ objects, stored }: Reconciliation): Promise<boolean> {
  const { remoteId } = stored.link;
  const result = await objects.remote.get(remoteId ?? "");
  if (result.event !== "succeeded") return true;
  return result.value.active === false || remoteIdOf(result.value) !== remoteId;
}

/** For the row `checkDeleted`: the outcome of a deletion is unknown, so it is checked before anything is decided. */
export async function checkDeleted(reconciliation: Reconciliation): Promise<EventOf<"checkDeleted">> {
  const { context, object } = reconciliation;
  await context.sleep(context.settings.settleMs);
  const current = await readRemote(reconciliation);
  if (current.event === "notFound" || current.event === "misdirected") return current.event;
  if (current.event !== "succeeded") {
    // What ends without a request is done nevertheless.
    const event = policyEvent(reconciliation);
    return event === "policyKeep" || event === "policyUnlink" ? event : "unknown";
  }
  if (!isStillOurs(reconciliation, current.value)) return "misdirected";
  return object.inScope ? "backInScope" : "hasRemote";
}

/** Whether a resource is the one that was sent: by its externalId or its name or, if neither is shown, by its id. */
function isStillOurs({ stored, objects }: Reconciliation, current: Readonly<Record<string, unknown>>): boolean {
  const { told, externalId } = stored.link;
  const sent: Document = { ...told, ...(externalId === undefined ? {} : { externalId }) };
  const names = ["externalId", objects.nameAttribute];
  const areComparable = names.some((name) => typeof sent[name] === "string" && typeof current[name] === "string");
  return !areComparable || isOf(sent, current, objects.nameAttribute);
}

/** For the row `checkRefused`: an account whose deletion is rejected must not stay active. */
export async function checkRefused(reconciliation: Reconciliation): Promise<EventOf<"checkRefused">> {
  const { objects, context, stored, error, request } = reconciliation;
  const current = await readRemote(reconciliation);
  if (current.event === "notFound") return "notFound";
  Object.assign(reconciliation, { error, request });
  const isClosed = stored.link.cameFrom === "deactivated";
  const canClose = objects.canDeactivate && context.settings.deleteRefused === "deactivate" && !isClosed;
  return canClose ? "deactivateInstead" : "reportRefusal";
}

/** For the row `reclaim`: a resource that was given up is read before it is used again. */
export async function reclaim(reconciliation: Reconciliation): Promise<EventOf<"reclaim">> {
  const { context, key, stored } = reconciliation;
  const { remoteId } = stored.link;
  const owner = await context.links.ownerOf(key.type, remoteId ?? "");
  if (owner !== undefined && owner !== key.id) return "matchedOwned";
  const current = await readRemote(reconciliation);
  if (current.event === "notFoundYoung" || current.event === "unreadable") return "unknown";
  if (current.event === "misdirected") return "matchedForeign";
  if (current.event === "conflict" || current.event === "precondition") return "refused";
  if (current.event !== "succeeded") return current.event;
  reconciliation.found = { sent: "unknown" };
  return "matchedOne";
}

/** For the row `leave`: handles what an object leaves behind that never had a link, or no longer has one. */
export async function leave({ context, key, stored }: Reconciliation): Promise<EventOf<"leave">> {
  const { remoteId, intent, failure } = stored.link;
  if (remoteId !== undefined) {
    const owner = await context.links.ownerOf(key.type, remoteId);
    if (owner === undefined || owner === key.id) return "hasRemote";
  }
  // A rejected create has left nothing behind.
  const mayExist = failure === "unsureCreate" || failure === "misdirected";
  return intent?.operation === "create" && mayExist ? "hasIntent" : "hasNothing";
}
