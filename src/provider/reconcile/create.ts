import { foldString } from "../../values/fold.ts";
import type { Document } from "../links/link.ts";
import { newDocument, shownInstead } from "../remote/compare.ts";
import { type RemoteResource, remoteIdOf } from "../remote/resources.ts";
import { CLAIM_MS } from "./claim.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { triedDigest } from "./look-up.ts";
import { desiredOf, type EventOf, failed, pinnedExternalId, type Reconciliation } from "./reconciliation.ts";

/** How long a create may take, with all its attempts, in milliseconds: shorter than its claim. */
const CREATE_MS = CLAIM_MS - 15_000;

/** Sends a create. The response must be about this object's resource. */
export async function create(reconciliation: Reconciliation): Promise<EventOf<"create">> {
  const sent = desiredOf(reconciliation);
  const { document, secrets } = reconciliation.creation ?? { document: sent, secrets: {} };
  const body = { ...newDocument(document), ...secrets };
  reconciliation.writes += 1;
  for (const name of Object.keys(body)) reconciliation.attributes.add(name);
  // It must have ended, in either way, before another process may send it.
  const signal = AbortSignal.timeout(CREATE_MS);
  const result = await reconciliation.objects.remote.create(body, signal).catch((error: unknown) => {
    hideSecrets(error, secrets);
    throw error;
  });
  if (result.event !== "succeeded") {
    hideSecrets(result.error, secrets);
    const event = failed(reconciliation, result);
    // Whatever the 409 says: another resource is in the way and must be looked up.
    return event === "precondition" ? "conflict" : event;
  }
  return created(reconciliation, result.value, document);
}

async function created(
  reconciliation: Reconciliation,
  resource: RemoteResource,
  document: Document,
): Promise<EventOf<"create">> {
  const { context, key, objects } = reconciliation;
  const remoteId = remoteIdOf(resource);
  // Created, but it cannot be addressed without an id, so it must be found.
  if (remoteId === undefined) return "unknown";
  const owner = await context.links.ownerOf(key.type, remoteId);
  if (owner !== undefined && owner !== key.id) {
    // It is unknown whose resource was written.
    await context.links.doubt({ type: key.type, id: owner });
    return notOurs(reconciliation);
  }
  if (!isOf(document, resource, objects.nameAttribute)) {
    const shown = await objects.remote.get(remoteId);
    if (shown.event !== "succeeded" || remoteIdOf(shown.value) !== remoteId) return "unknown";
    if (!isOf(document, shown.value, objects.nameAttribute)) return notOurs(reconciliation);
  }
  context.canary.wrote(key.type, remoteId);
  const sent = desiredOf(reconciliation);
  const facts = { remoteId, origin: "created" as const, bornAt: context.now(), formerId: undefined };
  if (isShownOtherwise(resource, document)) {
    reconciliation.found = { ...facts, sent: "unknown", ...pinnedExternalId(document) };
    return "notTaken";
  }
  const shown = await shownInstead(resource, sent);
  reconciliation.found = { ...facts, sent, shown, ...pinnedExternalId(document) };
  return "succeeded";
}

async function notOurs(reconciliation: Reconciliation): Promise<"misdirected"> {
  reconciliation.found = { tried: await triedDigest(reconciliation) };
  return "misdirected";
}

/** Whether a resource has the externalId or the name that was sent, regardless of case and surrounding blanks. */
export function isOf(document: Document, resource: RemoteResource, nameAttribute: string): boolean {
  return ["externalId", nameAttribute].some((name) => {
    const [sent, shown] = [document[name], resource[name]];
    return (
      typeof sent === "string" && typeof shown === "string" && foldString(sent.trim()) === foldString(shown.trim())
    );
  });
}

/** Whether an account is shown as active although it was sent as inactive, or the reverse. */
export function isShownOtherwise(resource: RemoteResource | undefined, document: Document): boolean {
  const [sent, shown] = [document.active, resource?.active];
  return typeof sent === "boolean" && typeof shown === "boolean" && sent !== shown;
}

/** For the row `revive`: writes to the id that the object had before, as active. */
export async function revive(reconciliation: Reconciliation): Promise<EventOf<"revive">> {
  const { objects, stored, context, key } = reconciliation;
  const document = desiredOf(reconciliation);
  const { formerId, origin = "created" } = stored.link;
  if (formerId === undefined) throw new TypeError(`The link of ${key.type} ${key.id} has no former id`);
  reconciliation.writes += 1;
  const body = { ...newDocument(document), active: document.active ?? true };
  const result = await objects.remote.replace(formerId, body, undefined);
  if (result.event !== "succeeded") {
    const event = failed(reconciliation, result);
    reconciliation.found = { tried: await triedDigest(reconciliation) };
    return event === "unknown" ? "unknown" : "holderUnseen";
  }
  context.canary.wrote(key.type, formerId);
  reconciliation.found = {
    ...{ remoteId: formerId, formerId: undefined, origin, sent: document },
    ...pinnedExternalId(document),
  };
  return "succeeded";
}
