import { isPreconditionFailed } from "../../errors/scim-error.ts";
import type { Link } from "../links/link.ts";
import { ABSENT } from "../links/link.ts";
import type { LinkKey, StoredLink } from "../links/link-repository.ts";
import { type LinkAction, type LinkEvent, transitionOf } from "../links/link-table.ts";
import type { TraceStep } from "../links/trace.ts";
import { type ObjectState, type ReadObject, stateOf } from "../objects/target.ts";
import { sameDocument } from "../remote/compare.ts";
import { TargetUnusableError } from "../remote/resources.ts";
import { runAction } from "./actions.ts";
import { nextLink } from "./next-link.ts";
import type { Episode, ReconcileContext } from "./reconciliation.ts";

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
  /** Why it failed, with what the application said, or why it was kept; for people. Holds no secret. */
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
  return stateOf(object, { isNew: link.remoteId === undefined, externalId: link.externalId });
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
    creation: undefined,
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
    reason: failed === undefined ? link.reason : withoutSecrets(episode, withError(failed, episode.error)),
    error: episode.error,
  };
}

function withError(reason: string, error: unknown): string {
  if (error === undefined) return reason;
  return `${reason} (${error instanceof Error ? error.message : String(error)})`;
}

/** Applications quote what they refuse. */
function withoutSecrets({ creation }: Episode, text: string): string {
  const secrets = Object.values(creation?.secrets ?? {}).filter(
    (secret) => typeof secret === "string" && secret !== "",
  );
  return secrets.reduce<string>((left, secret) => left.replaceAll(String(secret), "…"), text);
}

/** Returns why it failed, if it did. */
async function runToRest(episode: Episode, first: LinkEvent): Promise<string | undefined> {
  let event = first;
  for (let steps = 0; steps < MOST_TRANSITIONS; steps += 1) {
    const { link } = episode.stored;
    const transition = transitionOf(link.state, event);
    episode.trace({ state: link.state, event, next: transition.next, action: transition.action });
    await save(episode, event, transition.next);
    if (transition.action === undefined) return transition.failed;
    event = await act(episode, transition.action);
  }
  return "it came to no rest";
}

/** A create that the credentials did not suffice for has not happened; the link must not wait for it. */
async function act(episode: Episode, action: LinkAction): Promise<LinkEvent> {
  try {
    return await runAction(episode, action);
  } catch (error) {
    if (action === "create" && error instanceof TargetUnusableError) await save(episode, "notSent", "absent");
    throw error;
  }
}

async function save(episode: Episode, event: LinkEvent, state: Link["state"]): Promise<void> {
  const next = nextLink(episode, event, state);
  if (isSameLink(episode.stored.link, next)) return;
  const { links } = episode.context;
  try {
    episode.stored = await links.save(episode.key, episode.stored, next);
  } catch (error) {
    // Somebody else wrote it meanwhile: which of the two requests came last, nobody knows.
    if (isPreconditionFailed(error) && episode.writes > 0) await links.doubt(episode.key);
    throw error;
  }
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
