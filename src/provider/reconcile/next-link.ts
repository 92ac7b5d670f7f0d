import { ABSENT, type BeforeDeletion, type Link, type LinkState } from "../links/link.ts";
import type { LinkEvent } from "../links/link-events.ts";
import type { Transition } from "../links/link-table.ts";
import { matchKeysOf } from "../objects/object-type.ts";
import { overlaid } from "../remote/compare.ts";
import { CLAIM_MS, honestClaim } from "./claim.ts";
import type { Reconciliation } from "./reconciliation.ts";

type OpenState = "creating" | "updating" | "deactivating" | "deleting";

/**
 * The link for the next state, with what was found out. It has an intent exactly while its request may be in progress,
 * or while the outcome of a create is unknown.
 */
export function nextLink(reconciliation: Reconciliation, event: LinkEvent, transition: Transition): Link {
  const state = stateOf(reconciliation.stored.link, transition);
  const next = takeOver(reconciliation, event, { ...transition, next: state });
  // Properties that are undefined are left out: links are stored as JSON.
  return next === ABSENT ? ABSENT : (JSON.parse(JSON.stringify(withTold(reconciliation.stored.link, next))) as Link);
}

function stateOf(link: Link, { next, back }: Transition): LinkState {
  return back === true ? (link.cameFrom ?? next) : next;
}

function takeOver(reconciliation: Reconciliation, event: LinkEvent, transition: Transition): Link {
  const { object, context, found, stored } = reconciliation;
  const { link } = stored;
  const { next: state, failed } = transition;
  reconciliation.found = {};
  if (state === "gone") return ABSENT;
  if (state === "absent" && link.remoteId === undefined && link.formerId === undefined) return ABSENT;
  const { intent, reason: _, failure: __, cameFrom, heldBy: ___, ...rest } = link;
  const isStuck = state === "waiting" || state === "blocked";
  return {
    ...rest,
    state,
    label: object.label ?? link.label,
    ...(object.inScope ? { scopeRevision: context.scope.revision } : { reason: `${object.cause}: ${object.detail}` }),
    ...(isOpen(state) ? intentFor(reconciliation, event, state) : {}),
    ...(isStuck ? { intent, failure: event === "unchanged" ? link.failure : failed } : { tried: undefined }),
    ...(state === "missing" || state === "absent" ? lost(link) : {}),
    cameFrom: state === "deleting" ? (cameFrom ?? beforeDeletion(link.state)) : undefined,
    graceUntil: isDeparting(state) ? link.graceUntil : undefined,
    confirmed: state === "deactivated" ? event !== "unconfirmed" && link.confirmed !== false : undefined,
    ...found,
  };
}

/** A remote resource whose response was 404: its account may still exist and have the name that is taken. */
function lost({ remoteId, formerId }: Link): Partial<Link> {
  return { remoteId: undefined, sent: undefined, shown: undefined, bornAt: undefined, formerId: remoteId ?? formerId };
}

function isOpen(state: LinkState): state is OpenState {
  return state === "creating" || state === "updating" || state === "deactivating" || state === "deleting";
}

function isDeparting(state: LinkState): boolean {
  return state === "leaving" || state === "deactivating" || state === "deleting" || state === "deactivated";
}

function beforeDeletion(state: LinkState): BeforeDeletion {
  return state === "deactivated" || state === "kept" ? state : "leaving";
}

function intentFor(reconciliation: Reconciliation, event: LinkEvent, state: OpenState): Partial<Link> {
  if (state === "creating") return createIntent(reconciliation, event);
  const { object } = reconciliation;
  const operation = state === "updating" ? "update" : state === "deactivating" ? "deactivate" : "delete";
  return { sent: "unknown", intent: { operation, document: object.inScope ? object.document : undefined } };
}

/** The intent of a create keeps what was sent, so that the resource can be found by it. */
function createIntent({ object, creation, context, objects, stored }: Reconciliation, event: LinkEvent): Partial<Link> {
  const kept = stored.link.intent;
  const isSentNow = event === "matchedNone" || (event === "matchUnsure" && kept === undefined);
  if (!isSentNow || !object.inScope) {
    const { claim, ...rest } = kept ?? { operation: "create" };
    // The end of the request ends the claim, with or without a response; a look-up alone leaves it unchanged.
    const isOver = event === "unknown" || claim === undefined;
    return { intent: isOver ? rest : { ...rest, claim: honestClaim(claim, context.now()) } };
  }
  const matchKeys = matchKeysOf(objects, creation?.document ?? object.document);
  const claim = { by: context.process, until: context.now() + CLAIM_MS };
  return { intent: { operation: "create", document: object.document, matchKeys, claim } };
}

function withTold(before: Link, next: Link): Link {
  const { told: _, ...rest } = next;
  if (next.sent !== undefined && next.sent !== "unknown") return rest;
  const { sent, intent } = before;
  const lately = overlaid(sent === "unknown" ? undefined : sent, intent?.document);
  return { ...rest, told: overlaid(before.told, lately) };
}
