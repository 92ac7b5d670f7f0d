import { ABSENT, type Link } from "../links/link.ts";
import type { LinkEvent } from "../links/link-table.ts";
import { matchKeysOf } from "../objects/target.ts";
import { overlaid } from "../remote/compare.ts";
import type { Episode } from "./reconciliation.ts";

/** How long a request that creates may be on its way, in milliseconds. No other process sends it again before. */
export const CLAIM_MS = 60_000;

/**
 * Until when another process may be sending the create of a link, in milliseconds since 1970; undefined if none may. One that
 * died cannot be told from one that is slow.
 */
export function claimedUntil(
  { intent }: Link,
  { owner, now }: { readonly owner: string; readonly now: () => number },
): number | undefined {
  const claim = intent?.claim;
  return claim !== undefined && claim.by !== owner && claim.until > now() ? claim.until : undefined;
}

type OpenState = "creating" | "updating" | "deactivating" | "deleting";

/** The link as the next state wants it: what was found out goes in, an intent stands exactly while it is being done. */
export function nextLink(episode: Episode, event: LinkEvent, state: Link["state"]): Link {
  const next = takeOver(episode, event, state);
  // What is undefined is not there: links are kept as JSON.
  return next === ABSENT ? ABSENT : (JSON.parse(JSON.stringify(withTold(episode.stored.link, next))) as Link);
}

function takeOver(episode: Episode, event: LinkEvent, state: Link["state"]): Link {
  const { object, context, found } = episode;
  const { link } = episode.stored;
  episode.found = {};
  if (state === "gone") return ABSENT;
  if (state === "absent" && link.remoteId === undefined) return ABSENT;
  const label = object.label ?? link.label;
  const { intent, reason: _, ...rest } = link;
  return {
    ...rest,
    state,
    ...(label === undefined ? {} : { label }),
    ...(object.inScope ? { scopeRevision: context.scopeRevision } : { reason: `${object.cause}: ${object.detail}` }),
    ...(isOpen(state) ? intentFor(episode, event, intent, state) : {}),
    ...(state === "missing" || state === "waiting" ? { remoteId: undefined, sent: undefined } : {}),
    ...found,
  };
}

function isOpen(state: Link["state"]): state is OpenState {
  return state === "creating" || state === "updating" || state === "deactivating" || state === "deleting";
}

function intentFor(episode: Episode, event: LinkEvent, kept: Link["intent"], state: OpenState): Partial<Link> {
  if (state === "creating") return createIntent(episode, event, kept);
  const { object } = episode;
  const operation = state === "updating" ? "update" : state === "deactivating" ? "deactivate" : "delete";
  return { sent: "unknown", intent: { operation, ...(object.inScope ? { document: object.document } : {}) } };
}

/** The intent of a create stays what was sent, so that it can be found by what it was sent with. */
function createIntent({ object, creation, context }: Episode, event: LinkEvent, kept: Link["intent"]): Partial<Link> {
  const isSentNow = event === "matchedNone" || (event === "matchUnsure" && kept === undefined);
  if (!isSentNow || !object.inScope) {
    const { claim, ...rest } = kept ?? { operation: "create" };
    // An answer, or none, ends the claim; whoever merely looks leaves it as it is.
    const isOver = event === "unknown" || claim === undefined;
    return { intent: isOver ? rest : { ...rest, claim } };
  }
  const matchKeys = matchKeysOf(context.target, creation?.document ?? object.document);
  const claim = { by: context.owner, until: context.now() + CLAIM_MS };
  return { intent: { operation: "create", document: object.document, matchKeys, claim } };
}

function withTold(before: Link, next: Link): Link {
  const { told: _, ...rest } = next;
  if (next.sent !== undefined && next.sent !== "unknown") return rest;
  const { sent, intent } = before;
  const lately = overlaid(sent === "unknown" ? undefined : sent, intent?.document);
  const told = overlaid(before.told, lately);
  return told === undefined ? rest : { ...rest, told };
}
