import { sha256Hex } from "../../crypto/sha256.ts";
import { valueKey } from "../../values/value-key.ts";
import type { Document, Link, MatchKey } from "../links/link.ts";
import { matchKeysOf } from "../objects/object-type.ts";
import { type RemoteResource, remoteIdOf } from "../remote/resources.ts";
import { claimedUntil } from "./claim.ts";
import { type EventOf, failed, type Reconciliation } from "./reconciliation.ts";

type Matched = "matchedOne" | "matchedOwned" | "matchedForeign" | "matchedNone" | "matchUnsure";

/** For the row `lookUp`: an object without a link. */
export async function lookUp(reconciliation: Reconciliation): Promise<EventOf<"lookUp">> {
  return prepared(reconciliation, await search(reconciliation, { keys: await desiredKeys(reconciliation) }));
}

/**
 * For the row `lookUpMissing`. A resource that was there may only be late: an application that has just created it may
 * not return it everywhere yet. For an object that is out of scope, the keys that were sent are looked up.
 */
export async function lookUpMissing(reconciliation: Reconciliation): Promise<EventOf<"lookUpMissing">> {
  const { object } = reconciliation;
  const keys = object.inScope ? await desiredKeys(reconciliation) : sentKeys(reconciliation);
  const event = await searchTwice(reconciliation, { keys });
  return object.inScope ? prepared(reconciliation, event) : goneBy(event);
}

/** For the row `confirmGone`: a resource whose response was 404 and that must not exist. */
export async function confirmGone(reconciliation: Reconciliation): Promise<EventOf<"confirmGone">> {
  return goneBy(await searchTwice(reconciliation, { keys: sentKeys(reconciliation) }));
}

/**
 * For the row `lookUpIntent`: looks up the keys with which the create was sent, after some time to settle, and then the
 * current keys of the object.
 */
export async function lookUpIntent(reconciliation: Reconciliation): Promise<EventOf<"lookUpIntent">> {
  const { context, stored, object } = reconciliation;
  const current = await desiredKeys(reconciliation);
  const keys = stored.link.intent?.matchKeys ?? current;
  const first = await searchTwice(reconciliation, { keys, isThorough: true });
  const renamed = first === "matchedNone" ? await search(reconciliation, { keys: without(current, keys) }) : first;
  // The current keys were never sent, so not finding them proves nothing.
  const event = renamed === "matchUnsure" && first === "matchedNone" ? "matchedNone" : renamed;
  if (event === "matchedOne") return event;
  const isNone = event === "matchedNone" || event === "matchUnsure";
  if (isNone && claimedUntil(stored.link, context) !== undefined) return "claimed";
  // For an object that is out of scope, a resource of somebody else is not the result of the create, which may still
  // appear.
  if (!object.inScope) return "unfound";
  return event === "matchedNone" ? prepared(reconciliation, event) : event;
}

/**
 * For the row `lookUpHolder`: another resource has the name. If it cannot be seen, another create would conflict again.
 */
export async function lookUpHolder(reconciliation: Reconciliation): Promise<EventOf<"lookUpHolder">> {
  const event = await search(reconciliation, { keys: await desiredKeys(reconciliation), isThorough: true });
  if (event !== "matchedNone" && event !== "matchUnsure") return event;
  const { objects, stored } = reconciliation;
  if (objects.canDeactivate && stored.link.formerId !== undefined) return "holderIsFormer";
  reconciliation.found = { tried: await triedDigest(reconciliation) };
  return "holderUnseen";
}

/** For the row `lookUpBlocked`. The create is sent only if something has changed since it was rejected. */
export async function lookUpBlocked(reconciliation: Reconciliation): Promise<EventOf<"lookUpBlocked">> {
  const { context, stored } = reconciliation;
  const { link } = stored;
  const sent = link.intent?.matchKeys ?? [];
  const current = await desiredKeys(reconciliation);
  const keys = [...sent, ...without(current, sent)];
  const event = await search(reconciliation, { keys, isThorough: link.intent !== undefined });
  if (event !== "matchedNone" && event !== "matchUnsure") return event;
  if (claimedUntil(link, context) !== undefined) return "claimed";
  // A create that may have happened is sent again only if it certainly did not happen.
  const isFree =
    link.failure === "unsureCreate" ? event === "matchedNone" : link.tried !== (await triedDigest(reconciliation));
  return isFree ? prepared(reconciliation, "matchedNone") : "unchanged";
}

/** Keys by which the object can be found with its desired values. */
async function desiredKeys({ object, objects }: Reconciliation): Promise<MatchKey[]> {
  if (!object.inScope) return [];
  const creation = await object.creation();
  return matchKeysOf(objects, "skipped" in creation ? object.document : creation.document);
}

/** Keys with which the resource was last sent. */
function sentKeys({ stored, objects }: Reconciliation): MatchKey[] {
  const { sent, told } = stored.link;
  return matchKeysOf(objects, sent === undefined || sent === "unknown" ? (told ?? {}) : sent);
}

function without(keys: readonly MatchKey[], known: readonly MatchKey[]): MatchKey[] {
  return keys.filter(
    (key) => !known.some(({ attribute, value }) => attribute === key.attribute && value === key.value),
  );
}

/** If it must be created, computes its document. */
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

/** For a resource that must not exist: a resource of another object is not this object's. */
function goneBy(event: Matched): "matchedOne" | "matchedForeign" | "provenGone" | "unfound" {
  if (event === "matchedNone" || event === "matchedOwned") return "provenGone";
  return event === "matchUnsure" ? "unfound" : event;
}

interface Search {
  readonly keys: readonly MatchKey[];
  /** Whether all pages are read if the application ignores the filter. @default false */
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
 * Looks up a remote resource by each key in turn; the first key that finds anything decides.
 *
 * @throws the client's error if it says nothing about the resource: an outage must not be read as absence
 */
async function search(reconciliation: Reconciliation, { keys, isThorough = false }: Search): Promise<Matched> {
  // The resource would have all keys, so one key that certainly finds nothing is enough.
  let isSure = false;
  for (const key of keys) {
    const result = await reconciliation.objects.remote.find(key, { isThorough });
    if (result.event !== "succeeded") {
      failed(reconciliation, result);
      // If the filter is not supported, nothing is known.
      if (result.event !== "refused" && result.event !== "unsupported") throw result.error;
      continue;
    }
    const [match, ...others] = result.value.resources;
    if (match === undefined) isSure ||= result.value.isSure;
    if (others.length > 0) return blocked(reconciliation, "matchedForeign", remoteIdOf(match));
    const event = match === undefined ? undefined : await take(reconciliation, match);
    if (event !== undefined) return event;
  }
  return isSure ? "matchedNone" : "matchUnsure";
}

/** Takes over a match, unless another link owns it. */
async function take(
  reconciliation: Reconciliation,
  match: RemoteResource,
): Promise<"matchedOne" | "matchedOwned" | undefined> {
  const remoteId = remoteIdOf(match);
  if (remoteId === undefined) return undefined;
  const { context, key } = reconciliation;
  const owner = (await context.links.ownerOf(key.type, remoteId)) ?? (await creatorOf(reconciliation, match));
  if (owner !== undefined && owner !== key.id) return blocked(reconciliation, "matchedOwned", remoteId);
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

/** A resource that we created is ours and has our externalId; a resource that existed before is adopted. */
function originOf({ stored, object }: Reconciliation, match: RemoteResource): NonNullable<Link["origin"]> {
  const { state, origin, intent, externalId } = stored.link;
  const isOurs = state === "creating" || intent?.operation === "create" || origin === "created";
  const sent = intent?.matchKeys?.find(({ attribute }) => attribute === "externalId")?.value;
  const own = [sent, externalId, object.inScope ? object.document.externalId : undefined];
  return isOurs && match.externalId !== undefined && own.includes(match.externalId as string) ? "created" : "adopted";
}

/**
 * Stores what was tried and which resource was in the way, so that it is not tried again before something has changed.
 */
async function blocked<Event>(
  reconciliation: Reconciliation,
  event: Event,
  holder: string | undefined,
): Promise<Event> {
  reconciliation.found = { tried: await triedDigest(reconciliation, holder) };
  return event;
}

/**
 * A digest of everything that a create depends on. `holder`: the remote resource that is in the way, if it can be seen.
 */
export async function triedDigest({ object, context }: Reconciliation, holder?: string): Promise<string> {
  const document: Document = object.inScope ? object.document : {};
  return sha256Hex(valueKey({ document, scope: context.scope.revision, holder }));
}
