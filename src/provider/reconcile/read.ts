import { isTransportError } from "../../errors/transport-error.ts";
import type { NotDone, Sent } from "../remote/classify.ts";
import { type RemoteResource, remoteIdOf } from "../remote/resources.ts";
import { failed, type Reconciliation, remoteIdIn } from "./reconciliation.ts";

/** The result of reading the remote resource. */
export type Read =
  | { readonly event: "succeeded"; readonly value: RemoteResource }
  | { readonly event: NotDone["event"] | "notFoundYoung" | "misdirected" | "unreadable" };

/**
 * Reads the remote resource. A 404 is accepted only if the application otherwise responds normally, and only for a
 * resource that is not new.
 *
 * @throws {TargetUnusableError} when the application does not respond normally
 */
export async function readRemote(reconciliation: Reconciliation): Promise<Read> {
  const { objects, context, key } = reconciliation;
  const remoteId = remoteIdIn(reconciliation);
  let result = await objects.remote.get(remoteId);
  if (isMisdirected(result)) return { event: "misdirected" };
  if (result.event === "unknown") {
    result = await objects.remote.get(remoteId);
    if (result.event === "unknown" && isInDoubt(reconciliation) && (await isAlive(reconciliation, remoteId))) {
      failed(reconciliation, result);
      return { event: "unreadable" };
    }
  }
  if (result.event === "notFound") {
    failed(reconciliation, result);
    if (isYoung(reconciliation)) return { event: "notFoundYoung" };
    await context.canary.prove({ type: key.type, remote: objects.remote }, remoteId);
    return { event: "notFound" };
  }
  if (result.event !== "succeeded") return { event: failed(reconciliation, result) };
  const shownId = remoteIdOf(result.value);
  if (shownId !== undefined && shownId !== remoteId) return { event: "misdirected" };
  return result;
}

/** Whether the client has rejected a response that shows another resource. */
function isMisdirected(result: Sent<RemoteResource>): boolean {
  return result.event === "unknown" && isTransportError(result.error) && result.error.reason === "misdirected";
}

/** Whether a request whose outcome is unknown may have changed the resource's id. */
function isInDoubt({ stored }: Reconciliation): boolean {
  const { state } = stored.link;
  return state === "updating" || state === "deleting" || state === "deactivating";
}

async function isAlive({ context, objects, key }: Reconciliation, except: string): Promise<boolean> {
  try {
    await context.canary.prove({ type: key.type, remote: objects.remote }, except);
    return true;
  } catch {
    return false;
  }
}

function isYoung({ stored, context }: Reconciliation): boolean {
  const { bornAt } = stored.link;
  if (bornAt === undefined) return false;
  const age = context.now() - bornAt;
  // A time that was written by a clock that was ahead says nothing.
  return age >= 0 && age < context.settings.visibleMs;
}
