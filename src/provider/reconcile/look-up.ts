import { sha256Hex } from "../../crypto/sha256.ts";
import { valueKey } from "../../values/value-key.ts";
import type { Document, Link, MatchKey } from "../links/link.ts";
import { matchKeysOf } from "../objects/object-type.ts";
import { type RemoteResource, remoteIdOf } from "../remote/resources.ts";
import { claimedUntil } from "./claim.ts";
import { type EventOf, failed, type Reconciliation } from "./reconciliation.ts";

type Matched = "matchedOne" | "matchedOwned" | "matchedForeign" | "matchedNone" | "matchUnsure";

/** Of the row `lookUp`: an object that has no link. */
export async function lookUp(reconciliation: Reconciliation): Promise<EventOf<"lookUp">> {
  return prepared(reconciliation, await search(reconciliation, { keys: await desiredKeys(reconciliation) }));
}

/**
 * Of the row `lookUpMissing`. What was there and is not may only be late: an application that has just created it may not
 * show it everywhere yet. Of somebody who is out, what was sent is looked for.
 */
export async function lookUpMissing(reconciliation: Reconciliation): Promise<EventOf<"lookUpMissing">> {
  const { object } = reconciliation;
  const keys = object.inScope ? await desiredKeys(reconciliation) : sentKeys(reconciliation);
  const event = await searchTwice(reconciliation, { keys });
  return object.inScope ? prepared(reconciliation, event) : goneBy(event);
}

/** Of the row `confirmGone`: a resource that answered 404 and is not to be there. */
export async function confirmGone(reconciliation: Reconciliation): Promise<EventOf<"confirmGone">> {
  const event = goneBy(await searchTwice(reconciliation, { keys: sentKeys(reconciliation) }));
  // Another object's resource is not this object's.
  return event === "matchedOwned" ? "provenGone" : event;
}

/** Of the row `lookUpIntent`: by what the create was sent with, with time to settle, then by what the object is called now. */
export async function lookUpIntent(reconciliation: Reconciliation): Promise<EventOf<"lookUpIntent">> {
  const { context, stored, object } = reconciliation;
  const current = await desiredKeys(reconciliation);
  const keys = stored.link.intent?.matchKeys ?? current;
  const event = await searchTwice(reconciliation, { keys, isThorough: true });
  if (event !== "matchedNone") return unsure(reconciliation, event);
  const renamed = await search(reconciliation, { keys: without(current, keys) });
  if (renamed !== "matchedNone" && renamed !== "matchUnsure") return renamed;
  if (claimedUntil(stored.link, context) !== undefined) return "claimed";
  return object.inScope ? prepared(reconciliation, "matchedNone") : "unfound";
}

/** A create whose outcome cannot be found out: nothing is left to do for an object that is out but to watch. */
async function unsure(
  reconciliation: Reconciliation,
  event: Exclude<Matched, "matchedNone">,
): Promise<EventOf<"lookUpIntent">> {
  if (event !== "matchUnsure") return event;
  if (claimedUntil(reconciliation.stored.link, reconciliation.context) !== undefined) return "claimed";
  return reconciliation.object.inScope ? event : "unfound";
}

/** Of the row `lookUpHolder`: somebody has the name. If it cannot be seen, sending again would conflict again. */
export async function lookUpHolder(reconciliation: Reconciliation): Promise<EventOf<"lookUpHolder">> {
  const event = await search(reconciliation, { keys: await desiredKeys(reconciliation), isThorough: true });
  if (event !== "matchedNone" && event !== "matchUnsure") return event;
  const { objects, stored } = reconciliation;
  if (objects.canDeactivate && stored.link.formerId !== undefined) return "holderIsFormer";
  reconciliation.found = { tried: await triedDigest(reconciliation) };
  return "holderUnseen";
}

/** Of the row `lookUpBlocked`. The create is sent only where something has changed since it was refused. */
export async function lookUpBlocked(reconciliation: Reconciliation): Promise<EventOf<"lookUpBlocked">> {
  const { context, stored } = reconciliation;
  const { link } = stored;
  const sent = link.intent?.matchKeys ?? [];
  const current = await desiredKeys(reconciliation);
  const keys = [...sent, ...without(current, sent)];
  const event = await search(reconciliation, { keys, isThorough: link.intent !== undefined });
  if (event !== "matchedNone" && event !== "matchUnsure") return event;
  if (claimedUntil(link, context) !== undefined) return "claimed";
  const tried = await triedDigest(reconciliation);
  const isSure = event === "matchedNone" && (link.state === "waiting" || link.intent?.operation === "create");
  if (!isSure && link.tried === tried) return "unchanged";
  return prepared(reconciliation, "matchedNone");
}

/** Keys by which the object can be found as it is to be. */
async function desiredKeys({ object, objects }: Reconciliation): Promise<MatchKey[]> {
  if (!object.inScope) return [];
  const creation = await object.creation();
  return matchKeysOf(objects, "skipped" in creation ? object.document : creation.document);
}

/** Keys by which the resource was last sent. */
function sentKeys({ stored, objects }: Reconciliation): MatchKey[] {
  const { sent, told } = stored.link;
  return matchKeysOf(objects, sent === undefined || sent === "unknown" ? (told ?? {}) : sent);
}

function without(keys: readonly MatchKey[], known: readonly MatchKey[]): MatchKey[] {
  return keys.filter(
    (key) => !known.some(({ attribute, value }) => attribute === key.attribute && value === key.value),
  );
}

/** If it is to be created, finds out with what. */
async function prepared<Event extends Matched>(
  reconciliation: Reconciliation,
  event: Event,
): Promise<Event | "neverMade"> {
  const { object } = reconciliation;
  if ((event !== "matchedNone" && event !== "matchUnsure") || !object.inScope) return event;
  const creation = await object.creation();
  if ("skipped" in creation) return "neverMade";
  reconciliation.creation = creation;
  return event;
}

function goneBy(event: Matched): "matchedOne" | "matchedOwned" | "matchedForeign" | "provenGone" | "unfound" {
  return event === "matchedNone" ? "provenGone" : event === "matchUnsure" ? "unfound" : event;
}

interface Search {
  readonly keys: readonly MatchKey[];
  /** Whether everything is read where a filter is ignored. @default false */
  readonly isThorough?: boolean;
}

async function searchTwice(reconciliation: Reconciliation, asked: Search): Promise<Matched> {
  const first = await search(reconciliation, asked);
  if (first !== "matchedNone") return first;
  const { sleep, settings } = reconciliation.context;
  await sleep(settings.settleMs);
  return search(reconciliation, asked);
}

/**
 * Looks for a remote resource by each key in turn; the first key that finds anything decides.
 *
 * @throws what the client threw, where that says nothing of the resource: an outage must not be read as absence
 */
async function search(reconciliation: Reconciliation, { keys, isThorough = false }: Search): Promise<Matched> {
  // A resource would have all of them, so one key that surely finds nothing is enough.
  let isSure = false;
  for (const key of keys) {
    const result = await reconciliation.objects.remote.find(key, { isThorough });
    if (result.event !== "succeeded") {
      failed(reconciliation, result);
      // A filter that is not understood finds nothing out.
      if (result.event !== "refused" && result.event !== "unsupported") throw result.error;
      continue;
    }
    const [match, ...others] = result.value.resources;
    if (match === undefined) isSure ||= result.value.isSure;
    if (others.length > 0) return blocked(reconciliation, "matchedForeign");
    const event = match === undefined ? undefined : await take(reconciliation, match);
    if (event !== undefined) return event;
  }
  return isSure ? "matchedNone" : "matchUnsure";
}

/** Takes a match over, unless another link owns it. */
async function take(
  reconciliation: Reconciliation,
  match: RemoteResource,
): Promise<"matchedOne" | "matchedOwned" | undefined> {
  const remoteId = remoteIdOf(match);
  if (remoteId === undefined) return undefined;
  const { context, key } = reconciliation;
  const owner = (await context.links.ownerOf(key.type, remoteId)) ?? (await creatorOf(reconciliation, match));
  if (owner !== undefined && owner !== key.id) return blocked(reconciliation, "matchedOwned");
  reconciliation.found = {
    remoteId,
    origin: originOf(reconciliation, match),
    sent: "unknown",
    intent: undefined,
    formerId: undefined,
  };
  return "matchedOne";
}

async function creatorOf(
  { context, key }: Reconciliation,
  { externalId }: RemoteResource,
): Promise<string | undefined> {
  return typeof externalId === "string" ? context.links.creatorOf(key.type, externalId) : undefined;
}

/** What we created ourselves is ours, and carries our externalId; what was there before us is adopted. */
function originOf({ stored, object }: Reconciliation, match: RemoteResource): NonNullable<Link["origin"]> {
  const { state, origin, intent, externalId } = stored.link;
  const isOurs = state === "creating" || intent?.operation === "create" || origin === "created";
  const sent = intent?.matchKeys?.find(({ attribute }) => attribute === "externalId")?.value;
  const own = [sent, externalId, object.inScope ? object.document.externalId : undefined];
  return isOurs && match.externalId !== undefined && own.includes(match.externalId as string) ? "created" : "adopted";
}

/** Keeps what was tried, so that it is not tried again before something has changed. */
async function blocked<Event>(reconciliation: Reconciliation, event: Event): Promise<Event> {
  reconciliation.found = { tried: await triedDigest(reconciliation) };
  return event;
}

/** A digest of all that a create depends on. */
export async function triedDigest({ object, context }: Reconciliation): Promise<string> {
  const document: Document = object.inScope ? object.document : {};
  return sha256Hex(valueKey({ document, scope: context.scope.revision }));
}
