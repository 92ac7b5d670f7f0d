import { sameDocument } from "./documents.ts";
import type { Episode, ReconcileContext } from "./episode.ts";
import type { Link } from "./link.ts";
import { ABSENT } from "./link.ts";
import { runAction } from "./link-actions.ts";
import type { LinkKey, StoredLink } from "./link-repository.ts";
import { type LinkEvent, transitionOf } from "./link-table.ts";
import { type ObjectState, type ReadObject, stateOf } from "./target.ts";
import type { TraceStep } from "./trace.ts";

const MOST_TRANSITIONS = 24;

/** What looking at one object came to. */
export interface Outcome {
  readonly id: string;
  readonly label: string;
  readonly link: Link;
  /** Writes that were sent for it. */
  readonly writes: number;
  readonly did: "nothing" | "created" | "adopted" | "updated" | "deactivated" | "deleted" | "kept" | "failed";
  /** Whether it refers to something that the application did not have yet. */
  readonly isWaiting: boolean;
  /** Why it failed, or why it was kept; for people. */
  readonly reason: string | undefined;
  readonly error: unknown;
}

/** Whether an object needs no look at its application: linked, in scope, and desired as it was last sent. */
export function isSettled(link: Link, object: ObjectState, scopeRevision: string): boolean {
  if (!object.inScope) {
    return (link === ABSENT && !object.inScope) || link.state === "detached";
  }
  return (
    link.state === "linked" &&
    link.sent !== undefined &&
    link.sent !== "unknown" &&
    link.scopeRevision === scopeRevision &&
    sameDocument(link.sent, object.document)
  );
}

/** The state of an object for its link: an externalId that was sent once is kept. */
export function objectStateFor(object: ReadObject, link: Link): Promise<ObjectState> {
  const phase = link.remoteId === undefined ? "create" : "update";
  return stateOf(object, { phase, externalId: link.externalId });
}

/**
 * Brings one object's remote resource to where it should be, by the link table: store the state, do what the row says,
 * look up the row for what came of it, until a row has nothing more to do.
 *
 * @throws {PreconditionFailedError} when another worker has the link
 * @throws {TargetUnusableError} when nothing can be done with the application at all
 */
export async function reconcile(
  context: ReconcileContext,
  id: string,
  options: { readonly object: ObjectState; readonly stored: StoredLink; readonly trace?: (step: TraceStep) => void },
): Promise<Outcome> {
  const key: LinkKey = { type: context.target.type.name, id };
  const trace = options.trace ?? (() => {});
  const episode: Episode = {
    key,
    context,
    object: options.object,
    stored: options.stored,
    found: {},
    writes: 0,
    compared: 0,
    error: undefined,
    trace,
  };
  const before = options.stored.link;
  let failed = await runToRest(episode, options.object.inScope ? "inScope" : "out");
  if (episode.stored.link === ABSENT && before.state === "deleting" && options.object.inScope) {
    // It came back while it was being deleted: that is done now, so it can be made anew.
    failed = await runToRest(episode, "inScope");
  }
  const { link } = episode.stored;
  const label = options.object.label ?? link.label ?? before.label ?? id;
  return {
    id,
    label,
    link,
    writes: episode.writes,
    isWaiting: options.object.inScope && options.object.isWaiting,
    did: failed === undefined ? didOf(before, episode) : "failed",
    reason: failed ?? link.reason,
    error: episode.error,
  };
}

/** Returns why it failed, if it did. */
async function runToRest(episode: Episode, first: LinkEvent): Promise<string | undefined> {
  let event = first;
  for (let steps = 0; steps < MOST_TRANSITIONS; steps += 1) {
    const { link } = episode.stored;
    const transition = transitionOf(link.state, event);
    episode.trace({ state: link.state, event, next: transition.next, action: transition.action });
    const next = nextLink(episode, event, transition.next);
    if (!isSameLink(link, next)) episode.stored = await episode.context.links.save(episode.key, episode.stored, next);
    if (transition.action === undefined) return transition.failed;
    event = await runAction(episode, transition.action);
  }
  return "it came to no rest";
}

/** The link as the next state wants it: what was found out goes in, an intent stands exactly while it is being done. */
function nextLink(episode: Episode, event: LinkEvent, state: Link["state"]): Link {
  const next = takeOver(episode, event, state);
  // What is undefined is not there: links are kept as JSON.
  return next === ABSENT ? ABSENT : (JSON.parse(JSON.stringify(next)) as Link);
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
    ...(state === "creating" || state === "updating" || state === "deactivating" || state === "deleting"
      ? intentFor(episode, event, intent, state)
      : {}),
    ...(state === "missing" ? { remoteId: undefined, sent: undefined } : {}),
    ...found,
  };
}

function intentFor(
  episode: Episode,
  event: LinkEvent,
  kept: Link["intent"],
  state: "creating" | "updating" | "deactivating" | "deleting",
): Partial<Link> {
  const { object } = episode;
  if (state === "creating") {
    // The intent of a create stays what was sent, so that it can be found by what it was sent with.
    if (kept !== undefined && event !== "matchedNone") return { intent: kept };
    return object.inScope ? { intent: { operation: "create", document: object.document } } : {};
  }
  const operation = state === "updating" ? "update" : state === "deactivating" ? "deactivate" : "delete";
  const { sent } = episode.stored.link;
  const before = sent === undefined || sent === "unknown" ? kept?.before : sent;
  return {
    sent: "unknown",
    intent: {
      operation,
      ...(object.inScope ? { document: object.document } : {}),
      ...(before === undefined ? {} : { before }),
    },
  };
}

function isSameLink(left: Link, right: Link): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function didOf(before: Link, episode: Episode): Outcome["did"] {
  const { state } = episode.stored.link;
  if (episode.writes === 0) {
    if (before.remoteId === undefined && episode.stored.link.origin === "adopted") return "adopted";
    return state === "kept" || state === "detached" ? "kept" : "nothing";
  }
  if (episode.stored.link === ABSENT) return "deleted";
  if (state === "deactivated") return "deactivated";
  if (before.remoteId === undefined) return episode.stored.link.origin === "adopted" ? "adopted" : "created";
  return "updated";
}
