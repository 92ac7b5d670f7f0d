import { type Absence, absenceOf } from "./absence.ts";
import { isSatisfied, mergeForPut, newDocument, operationsBetween, sameDocument } from "./documents.ts";
import type { Episode } from "./episode.ts";
import type { Document, Link, MatchKey } from "./link.ts";
import type { LinkAction, LinkEvent } from "./link-table.ts";
import { findByKey, type RemoteResource, remoteIdOf, type Sent, send } from "./remote.ts";
import { matchKeysOf } from "./target.ts";

const MOST_COMPARISONS = 3;

type Action = (episode: Episode) => Promise<LinkEvent>;

const ACTIONS: Readonly<Record<LinkAction, Action>> = {
  lookUp: (episode) => lookUp(episode, desiredKeys(episode)),
  lookUpIntent,
  lookUpHolder,
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

/** Looks for a remote resource by each key in turn; the first key that finds anything decides. */
async function lookUp(episode: Episode, keys: readonly MatchKey[]): Promise<LinkEvent> {
  const { target, links } = episode.context;
  let unsure = keys.length === 0;
  for (const key of keys) {
    const isExact = key.attribute === "externalId";
    const result = await send(() => findByKey(target.remote, key, isExact));
    if (result.event !== "succeeded") {
      episode.error = result.error;
      // A filter that is not understood finds nothing out; an outage must not be read as absence.
      if (result.event !== "refused" && result.event !== "unsupported") throw result.error;
      unsure = true;
      continue;
    }
    const [match, ...others] = result.value;
    if (match === undefined) continue;
    if (others.length > 0) return "matchedSeveral";
    const remoteId = remoteIdOf(match);
    if (remoteId === undefined) continue;
    const owner = await links.ownerOf(episode.key.type, remoteId);
    if (owner !== undefined && owner !== episode.key.id) return "matchedOwned";
    episode.found = { remoteId, origin: originOf(episode, key), sent: "unknown", intent: undefined };
    return "matchedOne";
  }
  return unsure ? "matchUnsure" : "matchedNone";
}

/** What we made ourselves is ours; what was there before us is adopted. */
function originOf(episode: Episode, key: MatchKey): "created" | "adopted" {
  const { link } = episode.stored;
  const wasSent = link.state === "creating" && key.attribute === "externalId";
  return wasSent || link.origin === "created" ? "created" : "adopted";
}

function desiredKeys(episode: Episode): MatchKey[] {
  return episode.object.inScope ? matchKeysOf(episode.context.target, episode.object.document) : [];
}

/** A create whose outcome is unknown is looked for by what it was sent with, twice, with time to settle in between. */
async function lookUpIntent(episode: Episode): Promise<LinkEvent> {
  const { target, settleMs, sleep } = episode.context;
  const sent = episode.stored.link.intent?.document;
  const keys = sent === undefined ? desiredKeys(episode) : matchKeysOf(target, sent);
  const first = await lookUp(episode, keys);
  if (first !== "matchedNone") return first;
  await sleep(settleMs);
  const second = await lookUp(episode, [...keys, ...desiredKeys(episode)]);
  // Nothing was made and nothing is wanted any more.
  return second === "matchedNone" && !episode.object.inScope ? "neverMade" : second;
}

/** Somebody has the name. If it can be seen it may be adopted; if not, sending again would conflict again. */
async function lookUpHolder(episode: Episode): Promise<LinkEvent> {
  const found = await lookUp(episode, desiredKeys(episode));
  return found === "matchedNone" || found === "matchUnsure" ? "holderUnseen" : found;
}

async function create(episode: Episode): Promise<LinkEvent> {
  const document = desired(episode);
  const secrets = episode.object.inScope ? episode.object.secrets : {};
  episode.writes += 1;
  const body = { ...newDocument(document), ...secrets };
  const result = await send(() => episode.context.target.remote.create(body));
  // Whatever a 409 says: something is in the way, and has to be looked for.
  if (result.event === "precondition") return failed(episode, { ...result, event: "conflict" });
  if (result.event !== "succeeded") return failed(episode, result);
  const remoteId = remoteIdOf(result.value);
  // Made, but without an id it cannot be spoken of: it has to be found.
  if (remoteId === undefined) return "unknown";
  episode.found = { remoteId, origin: "created", sent: document, ...pinnedExternalId(document) };
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
  if (!isSatisfied(result.value, document, undefined)) return "different";
  episode.found = { sent: document, ...pinnedExternalId(document) };
  return "same";
}

async function compareAndUpdate(episode: Episode): Promise<LinkEvent> {
  const document = desired(episode);
  const event = await write(episode, document);
  if (event === "succeeded") episode.found = { sent: document, ...pinnedExternalId(document) };
  return event;
}

/** Sends a document by remote id: by PATCH from what is there, or by read, merge and PUT. */
async function write(episode: Episode, document: Document): Promise<LinkEvent> {
  const { target } = episode.context;
  const remoteId = remoteIdFor(episode);
  const current = await read(episode);
  if (current.event !== "succeeded") return failed(episode, current);
  const sent = previouslySent(episode);
  if (isSatisfied(current.value, document, sent)) return "succeeded";
  const carried = target.patches ? {} : await target.carried(episode.key.id, current.value);
  episode.writes += 1;
  const result = await send<unknown>(() =>
    target.patches
      ? target.remote.patch(remoteId, operationsBetween(ours(current.value, document, sent), document))
      : target.remote.replace(remoteId, { ...mergeForPut(current.value, document, sent), ...carried }),
  );
  return result.event === "succeeded" ? "succeeded" : failed(episode, result);
}

/** Of what the remote has, the attributes that are ours to change: those desired, and those sent before. */
function ours(remote: RemoteResource, document: Document, sent: Document | undefined): Document {
  const names = new Set([...Object.keys(document), ...Object.keys(sent ?? {})]);
  return Object.fromEntries(Object.entries(remote).filter(([name]) => names.has(name)));
}

/** What was sent before this change, kept in the intent while the outcome is open. */
function previouslySent(episode: Episode): Document | undefined {
  const { sent, intent } = episode.stored.link;
  if (sent !== undefined && sent !== "unknown") return sent;
  return intent?.before;
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
  const current = await read(episode);
  if (current.event !== "succeeded") return failed(episode, current);
  if (current.value.active === false) return "same";
  const remoteId = remoteIdFor(episode);
  const { target } = episode.context;
  episode.writes += 1;
  const result = await send<unknown>(() =>
    target.patches
      ? target.remote.patch(remoteId, [{ op: "replace", path: "active", value: false }])
      : target.remote.replace(remoteId, mergeForPut(current.value, { ...current.value, active: false }, undefined)),
  );
  return result.event === "succeeded" ? "succeeded" : failed(episode, result);
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
