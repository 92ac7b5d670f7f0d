import type { Document, Link } from "../links/link.ts";
import type { NotDone, Sent } from "../remote/classify.ts";
import {
  changedNames,
  isSatisfied,
  mergeForPut,
  operationsBetween,
  sameDocument,
  settledNames,
  shownInstead,
  type Wanted,
} from "../remote/compare.ts";
import { type RemoteResource, remoteIdOf, versionOf } from "../remote/resources.ts";
import type { UpdateMode } from "../remote/update-mode.ts";
import { isOf, isShownOtherwise } from "./create.ts";
import { type Read, readRemote } from "./read.ts";
import {
  desiredOf,
  type EventOf,
  failed,
  pinnedExternalId,
  type Reconciliation,
  remoteIdIn,
} from "./reconciliation.ts";

const MOST_COMPARISONS = 3;

/** Compares the desired state with what was last sent or, if that is unknown, with the remote resource. */
export async function compare(reconciliation: Reconciliation): Promise<EventOf<"compare">> {
  // Found again by its intent, but no longer desired.
  if (!reconciliation.object.inScope) return "out";
  reconciliation.compared += 1;
  if (reconciliation.compared > MOST_COMPARISONS) return "refused";
  const { link } = reconciliation.stored;
  const document = desiredOf(reconciliation);
  if (link.sent !== undefined && link.sent !== "unknown") {
    return sameDocument(link.sent, document) ? "same" : "different";
  }
  const current = await readRemote(reconciliation);
  if (current.event !== "succeeded") return current.event;
  const settled = await settledNames(current.value, document, link.shown);
  if (!isSatisfied(current.value, { desired: document, told: link.told, settled })) return "different";
  reconciliation.found = { sent: document, ...pinnedExternalId(document) };
  return "same";
}

/** Brings the remote resource into the desired state. */
export async function update(reconciliation: Reconciliation): Promise<EventOf<"update">> {
  const document = desiredOf(reconciliation);
  const { context, key, stored } = reconciliation;
  const written = await write(reconciliation, document, stored.link.told);
  if (written.event !== "succeeded") return written.event;
  const remoteId = remoteIdIn(reconciliation);
  context.canary.wrote(key.type, remoteId);
  const shownId = remoteIdOf(written.shown);
  if (shownId !== undefined && shownId !== remoteId) return followed(reconciliation, shownId, document);
  if (isShownOtherwise(written.shown, document)) {
    reconciliation.found = { sent: "unknown" };
    return "notTaken";
  }
  const shown = written.shown === undefined ? stored.link.shown : await shownInstead(written.shown, document);
  reconciliation.found = { sent: document, shown, ...pinnedExternalId(document) };
  return "succeeded";
}

/**
 * A response that shows another id. The link takes this id only if no link owns it, the resource has what was sent, and
 * the old id is gone.
 */
async function followed(
  reconciliation: Reconciliation,
  shownId: string,
  document: Document,
): Promise<"moved" | "misdirected"> {
  const { context, key, objects } = reconciliation;
  reconciliation.found = { sent: "unknown" };
  const owner = await context.links.ownerOf(key.type, shownId);
  if (owner !== undefined && owner !== key.id) return "misdirected";
  const there = await objects.remote.get(shownId);
  if (there.event !== "succeeded" || remoteIdOf(there.value) !== shownId) return "misdirected";
  if (!isOf(document, there.value, objects.nameAttribute)) return "misdirected";
  const formerId = remoteIdIn(reconciliation);
  if ((await objects.remote.get(formerId)).event !== "notFound") return "misdirected";
  reconciliation.found = { remoteId: shownId, formerId, sent: "unknown" };
  return "moved";
}

/** For the row `updateRest`: a value is taken, so everything else is sent, `active: false` first. */
export async function updateRest(reconciliation: Reconciliation): Promise<EventOf<"updateRest">> {
  const { objects, stored, key, context, error, request } = reconciliation;
  const document = desiredOf(reconciliation);
  const attribute = objects.nameAttribute;
  const current = await objects.remote.get(remoteIdIn(reconciliation));
  if (current.event === "succeeded") {
    const rest = { ...document, [attribute]: current.value[attribute] };
    await write(reconciliation, rest, stored.link.told);
  }
  const wanted = document[attribute];
  const found =
    typeof wanted === "string"
      ? await objects.remote.find({ attribute, value: wanted }, { isThorough: false })
      : undefined;
  const holder = found?.event === "succeeded" ? remoteIdOf(found.value.resources[0]) : undefined;
  const id = holder === undefined ? undefined : await context.links.ownerOf(key.type, holder);
  // The report names the value that is taken, whatever the outcome of the rest.
  Object.assign(reconciliation, { error, request });
  reconciliation.found = { heldBy: { attribute, id } } satisfies Partial<Link>;
  return "held";
}

/** The outcome of a write, and what the application returned. */
export type Written =
  | { readonly event: "succeeded"; readonly shown: RemoteResource | undefined }
  | Exclude<Read, { event: "succeeded" }>;

/** Sends a document to a remote id: by PATCH of the differences, or by read, merge and PUT. */
export async function write(
  reconciliation: Reconciliation,
  desired: Document,
  told: Document | undefined,
): Promise<Written> {
  const current = await readRemote(reconciliation);
  if (current.event !== "succeeded") return current;
  const settled = await settledNames(current.value, desired, reconciliation.stored.link.shown);
  const wanted: Wanted = { desired, told, settled };
  if (isSatisfied(current.value, wanted)) return { event: "succeeded", shown: current.value };
  return send(reconciliation, current.value, wanted);
}

/** Sends the differences; if the first method turns out not to be supported, uses another one. */
export async function send(reconciliation: Reconciliation, current: RemoteResource, wanted: Wanted): Promise<Written> {
  const { objects } = reconciliation;
  for (const name of changedNames(current, wanted)) reconciliation.attributes.add(name);
  const mode = await objects.updateMode();
  let result = await sendAs(reconciliation, mode, { current, wanted });
  if (result.event === "unsupported") {
    // The client has recorded what was rejected, so another method may apply now.
    const learned = await objects.updateMode();
    if (learned.patches !== mode.patches) result = await sendAs(reconciliation, learned, { current, wanted });
  }
  if (result.event === "succeeded") return { event: "succeeded", shown: result.value };
  return { event: failed(reconciliation, result satisfies NotDone) };
}

async function sendAs(
  reconciliation: Reconciliation,
  { patches, versions }: UpdateMode,
  change: { readonly current: RemoteResource; readonly wanted: Wanted },
): Promise<Sent<RemoteResource | undefined>> {
  const { objects, key } = reconciliation;
  const { current, wanted } = change;
  const remoteId = remoteIdIn(reconciliation);
  reconciliation.writes += 1;
  if (patches) return objects.remote.patch(remoteId, operationsBetween(current, wanted));
  const body = { ...mergeForPut(current, wanted), ...(await objects.preserved(key.id, current)) };
  return objects.remote.replace(remoteId, body, versions ? versionOf(current) : undefined);
}
