import type { Document, Link, MatchKey } from "../links/link.ts";
import type { LinkAction, LinkEvent } from "../links/link-table.ts";
import { type Absence, absenceOf } from "../objects/deprovisioning.ts";
import { matchKeysOf } from "../objects/target.ts";
import { isSatisfied, mergeForPut, newDocument, operationsBetween, sameDocument } from "../remote/compare.ts";
import { findByKey, type RemoteResource, remoteIdOf, type Sent, send, versionOf } from "../remote/resources.ts";
import type { UpdateMode } from "../remote/update-mode.ts";
import { CLAIM_MS, claimedUntil } from "./next-link.ts";
import type { Episode } from "./reconciliation.ts";

const MOST_COMPARISONS = 3;
/** How long a create may take, all its tries together, in milliseconds: shorter than its claim. */
const CREATE_MS = CLAIM_MS - 15_000;

type Action = (episode: Episode) => Promise<LinkEvent>;

const ACTIONS: Readonly<Record<LinkAction, Action>> = {
  lookUp: lookUpFirst,
  lookUpAgain,
  lookUpIntent,
  lookUpHolder,
  reclaim,
  create,
  compare,
  update: compareAndUpdate,
  decide: async (episode) => decide(episode),
  deactivate,
  delete: remove,
};

/** Does what a row of the link table asks for and returns what came of it. */
export function runAction(episode: Episode, action: LinkAction): Promise<LinkEvent> {
  return ACTIONS[action](episode);
}

/** By which keys to look, and how hard. */
interface LookUp {
  readonly keys: readonly MatchKey[];
  /** Whether everything is read where a filter is ignored. @default false */
  readonly isThorough?: boolean;
}

/** Looks for a remote resource by each key in turn; the first key that finds anything decides. */
async function lookUp(episode: Episode, { keys, isThorough = false }: LookUp): Promise<LinkEvent> {
  const { target, links } = episode.context;
  // It would have all of them, so one that surely finds nothing is enough.
  let isSure = false;
  for (const key of keys) {
    const result = await send(() =>
      findByKey(target.remote, key, { isExact: key.attribute === "externalId", isThorough }),
    );
    if (result.event !== "succeeded") {
      episode.error = result.error;
      // A filter that is not understood finds nothing out; an outage must not be read as absence.
      if (result.event !== "refused" && result.event !== "unsupported") throw result.error;
      continue;
    }
    const [match, ...others] = result.value.resources;
    if (match === undefined) isSure ||= result.value.isSure;
    if (others.length > 0) return "matchedSeveral";
    const remoteId = remoteIdOf(match);
    if (remoteId === undefined) continue;
    const { type, id } = episode.key;
    const owner = (await links.ownerOf(type, remoteId)) ?? (await links.creatorOf(type, String(match?.externalId)));
    if (owner !== undefined && owner !== id) return "matchedOwned";
    episode.found = { remoteId, origin: originOf(episode, key), sent: "unknown", intent: undefined };
    return "matchedOne";
  }
  return isSure ? "matchedNone" : "matchUnsure";
}

/** What we made ourselves is ours; what was there before us is adopted. */
function originOf(episode: Episode, key: MatchKey): "created" | "adopted" {
  const { link } = episode.stored;
  const isOurs = link.state === "creating" || link.origin === "created";
  return isOurs && key.attribute === "externalId" ? "created" : "adopted";
}

async function lookUpFirst(episode: Episode): Promise<LinkEvent> {
  return prepared(episode, await lookUp(episode, { keys: await desiredKeys(episode) }));
}

/**
 * What was there and is not may only be late: an application that has just made it may not show it everywhere yet. Of
 * somebody who is out, what was told is looked for; if there is nothing, nothing is left to do.
 */
async function lookUpAgain(episode: Episode): Promise<LinkEvent> {
  const { object, context, stored } = episode;
  const { told } = stored.link;
  const keys = object.inScope ? await desiredKeys(episode) : matchKeysOf(context.target, told ?? {});
  const first = await lookUp(episode, { keys });
  if (first === "matchedNone") await context.sleep(context.settleMs);
  const second = first === "matchedNone" ? await lookUp(episode, { keys }) : first;
  if (object.inScope) return prepared(episode, second);
  return second === "matchedNone" || second === "matchUnsure" ? "neverMade" : second;
}

/** If it is to be made, finds out with what. */
async function prepared(episode: Episode, event: LinkEvent): Promise<LinkEvent> {
  if (event !== "matchedNone" && event !== "matchUnsure") return event;
  if (!episode.object.inScope) return event;
  const creation = await episode.object.creation();
  if ("skipped" in creation) return "neverMade";
  episode.creation = creation;
  return event;
}

async function desiredKeys({ object, context }: Episode): Promise<MatchKey[]> {
  if (!object.inScope) return [];
  const creation = await object.creation();
  return matchKeysOf(context.target, "skipped" in creation ? object.document : creation.document);
}

/**
 * A create whose outcome is unknown is looked for by what it was sent with, twice, with time to settle in between; then by
 * what it is called now.
 */
async function lookUpIntent(episode: Episode): Promise<LinkEvent> {
  const { settleMs, sleep } = episode.context;
  const { intent } = episode.stored.link;
  const current = await desiredKeys(episode);
  const keys = intent?.matchKeys ?? current;
  const first = await lookUp(episode, { keys, isThorough: true });
  if (first !== "matchedNone") return first;
  await sleep(settleMs);
  const second = await lookUp(episode, { keys, isThorough: true });
  if (second !== "matchedNone") return second;
  const isKnown = ({ attribute, value }: MatchKey) =>
    keys.some((key) => key.attribute === attribute && key.value === value);
  const renamed = await lookUp(episode, { keys: current.filter((key) => !isKnown(key)) });
  if (renamed !== "matchedNone" && renamed !== "matchUnsure") return renamed;
  // Another process may be sending it just now.
  if (claimedUntil(episode.stored.link, episode.context) !== undefined) return "matchUnsure";
  // Nothing was made and nothing is wanted any more.
  return episode.object.inScope ? prepared(episode, "matchedNone") : "neverMade";
}

/** Somebody has the name. If it can be seen it may be adopted; if not, sending again would conflict again. */
async function lookUpHolder(episode: Episode): Promise<LinkEvent> {
  const found = await lookUp(episode, { keys: await desiredKeys(episode), isThorough: true });
  return found === "matchedNone" || found === "matchUnsure" ? "holderUnseen" : found;
}

/** What was let go is ours again, unless another object has it by now. */
async function reclaim({ stored, context, key }: Episode): Promise<LinkEvent> {
  const owner = await context.links.ownerOf(key.type, stored.link.remoteId ?? "");
  return owner === undefined || owner === key.id ? "matchedOne" : "matchedOwned";
}

async function create(episode: Episode): Promise<LinkEvent> {
  const sent = desired(episode);
  const { document, secrets } = episode.creation ?? { document: sent, secrets: {} };
  const body = { ...newDocument(document), ...secrets };
  episode.writes += 1;
  // It must have ended, one way or the other, before somebody else may send it.
  const signal = AbortSignal.timeout(CREATE_MS);
  const result = await send(() => episode.context.target.remote.create(body, signal));
  // Whatever a 409 says: something is in the way, and has to be looked for.
  if (result.event === "precondition") return failed(episode, { ...result, event: "conflict" });
  if (result.event !== "succeeded") return failed(episode, result);
  const remoteId = remoteIdOf(result.value);
  // Made, but without an id it cannot be spoken of: it has to be found.
  if (remoteId === undefined) return "unknown";
  episode.found = { remoteId, origin: "created", sent, ...pinnedExternalId(document) };
  return "succeeded";
}

function pinnedExternalId(document: Document): Partial<Link> {
  return typeof document.externalId === "string" ? { externalId: document.externalId } : {};
}

/** Desired against what was last sent; where that is not known, against what is there. */
async function compare(episode: Episode): Promise<LinkEvent> {
  // Found again by its intent, but not wanted any more.
  if (!episode.object.inScope) return "out";
  episode.compared += 1;
  if (episode.compared > MOST_COMPARISONS) return "refused";
  const { link } = episode.stored;
  const document = desired(episode);
  if (link.sent !== undefined && link.sent !== "unknown") {
    return sameDocument(link.sent, document) ? "same" : "different";
  }
  const result = await read(episode);
  if (result.event !== "succeeded") return failed(episode, result);
  if (!isSatisfied(result.value, document, link.told)) return "different";
  episode.found = { sent: document, ...pinnedExternalId(document) };
  return "same";
}

async function compareAndUpdate(episode: Episode): Promise<LinkEvent> {
  const document = desired(episode);
  const event = await write(episode, document, episode.stored.link.told);
  if (event === "succeeded") episode.found = { sent: document, ...pinnedExternalId(document) };
  return event;
}

/** Sends a document by remote id: by PATCH from what is there, or by read, merge and PUT. */
async function write(episode: Episode, document: Document, told: Document | undefined): Promise<LinkEvent> {
  const current = await read(episode);
  if (current.event !== "succeeded") return failed(episode, current);
  if (isSatisfied(current.value, document, told)) return "succeeded";
  const { target } = episode.context;
  const updateMode = await target.updateMode();
  let result = await writeAs(episode, updateMode, { current: current.value, document, told });
  if (result.event === "unsupported") {
    // The client keeps what it was refused; what holds now may be another way.
    const learned = await target.updateMode();
    if (learned.patches === updateMode.patches) return failed(episode, result);
    result = await writeAs(episode, learned, { current: current.value, document, told });
  }
  return result.event === "succeeded" ? "succeeded" : failed(episode, result);
}

async function writeAs(
  episode: Episode,
  { patches, versions }: UpdateMode,
  change: { readonly current: RemoteResource; readonly document: Document; readonly told: Document | undefined },
): Promise<Sent<unknown>> {
  const { target } = episode.context;
  const { current, document, told } = change;
  const remoteId = remoteIdFor(episode);
  episode.writes += 1;
  if (patches) return send(() => target.remote.patch(remoteId, operationsBetween(current, document, told)));
  const carried = await target.carried(episode.key.id, current);
  const body = { ...mergeForPut(current, document, told), ...carried };
  return send(() => target.remote.replace(remoteId, body, versions ? versionOf(current) : undefined));
}

async function read(episode: Episode): Promise<Sent<RemoteResource>> {
  const { target, proveAlive } = episode.context;
  const result = await send(() => target.remote.get(remoteIdFor(episode)));
  if (result.event === "notFound") await proveAlive();
  return result;
}

/** What the policy says of an object that is out, by the cause. */
function decide(episode: Episode): LinkEvent {
  const { object, context, stored } = episode;
  if (object.inScope) return "inScope";
  const { link } = stored;
  const facts = { state: object, scopeRevision: context.scopeRevision };
  const absence = absenceOf(context.target, link, facts);
  if (absence === undefined) return link.state === "deactivated" ? "policyDeactivate" : "policyKeep";
  return POLICY_EVENTS[absence.action];
}

const POLICY_EVENTS: Readonly<Record<Absence["action"], LinkEvent>> = {
  delete: "policyDelete",
  deactivate: "policyDeactivate",
  keep: "policyKeep",
  unlink: "policyUnlink",
};

async function deactivate(episode: Episode): Promise<LinkEvent> {
  const { type, canDeactivate } = episode.context.target;
  return canDeactivate ? write(episode, { schemas: [type.schema.id], active: false }, undefined) : "unsupported";
}

async function remove(episode: Episode): Promise<LinkEvent> {
  const { target, proveAlive } = episode.context;
  episode.writes += 1;
  const result = await send(() => target.remote.delete(remoteIdFor(episode)));
  if (result.event === "notFound") await proveAlive();
  return result.event === "succeeded" ? "succeeded" : failed(episode, result);
}

function failed(episode: Episode, result: Exclude<Sent<unknown>, { event: "succeeded" }>): LinkEvent {
  episode.error = result.error;
  return result.event;
}

function desired(episode: Episode): Document {
  if (!episode.object.inScope) throw new TypeError("Nothing is desired of an object that is out of scope");
  return episode.object.document;
}

function remoteIdFor(episode: Episode): string {
  const { remoteId } = episode.stored.link;
  if (remoteId === undefined) throw new TypeError(`The link of ${episode.key.type} ${episode.key.id} has no remote id`);
  return remoteId;
}
