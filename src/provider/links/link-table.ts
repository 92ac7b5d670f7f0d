import type { LinkState } from "./link.ts";

/** What can happen to a link: facts about the object, and outcomes of actions. */
export type LinkEvent =
  /** The object is in scope and its desired document is known. */
  | "inScope"
  /** The object must not be there any more; the cause decides what to do about it. */
  | "out"
  /** A look-up found one remote resource that no other link owns. */
  | "matchedOne"
  /** It found one that another link owns. */
  | "matchedOwned"
  | "matchedSeveral"
  | "matchedNone"
  /** Nothing was found, and the look-up cannot be relied on. */
  | "matchUnsure"
  /** The name is taken, by something that cannot be seen. */
  | "holderUnseen"
  /** A create of unknown outcome turned out not to have happened, and is not wanted any more; or is not to be made at all. */
  | "neverMade"
  /** Desired and remote are the same. */
  | "same"
  | "different"
  | "succeeded"
  /** 409 uniqueness. */
  | "conflict"
  /** 412, or a 409 of another kind. */
  | "precondition"
  /** 404, proven. */
  | "notFound"
  /** 405 or 501. */
  | "unsupported"
  /** Any other 4xx. */
  | "refused"
  /** Sent, and no answer that says what became of it. */
  | "unknown"
  /** Certainly not acted on: the connection was refused, or 429 to the end. */
  | "notSent"
  | "policyDelete"
  | "policyDeactivate"
  | "policyKeep"
  | "policyUnlink";

/** What is done on a transition; each returns the event that comes next. */
export type LinkAction =
  | "lookUp"
  | "lookUpAgain"
  | "lookUpIntent"
  | "lookUpHolder"
  | "reclaim"
  | "create"
  | "compare"
  | "update"
  | "decide"
  | "deactivate"
  | "delete";

/** A transition: the state to store first, then what to do. Without an action the link is at rest. */
export interface Transition {
  readonly next: LinkState;
  readonly action?: LinkAction;
  /** Goes into the report as a failure of this object. */
  readonly failed?: string;
}

type Row = readonly [LinkState, LinkEvent, Transition];

/**
 * The life of a link (design 6.1), row by row: in this state, on this event, store that state, then do that.
 *
 * Storing comes first, so that an intent is durable before its request: a crash behind any row finds the row again.
 */
const ROWS: readonly Row[] = [
  ["absent", "inScope", { next: "absent", action: "lookUp" }],
  ["absent", "matchedOne", { next: "linked", action: "compare" }],
  ["absent", "matchedOwned", { next: "waiting", failed: "the resource it matches belongs to another object" }],
  ["absent", "matchedSeveral", { next: "blocked", failed: "it matches several resources" }],
  ["absent", "matchedNone", { next: "creating", action: "create" }],
  ["absent", "matchUnsure", { next: "creating", action: "create" }],
  ["absent", "neverMade", { next: "gone" }],
  ["absent", "out", { next: "gone" }],

  ["creating", "succeeded", { next: "linked" }],
  ["creating", "conflict", { next: "creating", action: "lookUpHolder" }],
  ["creating", "holderUnseen", { next: "blocked", failed: "its name is taken by something that cannot be seen" }],
  ["creating", "refused", { next: "absent", failed: "the application refused it" }],
  ["creating", "unsupported", { next: "absent", failed: "the application cannot create it" }],
  ["creating", "notSent", { next: "absent", failed: "the application could not be reached" }],
  ["creating", "notFound", { next: "absent", failed: "the application has no such endpoint" }],
  ["creating", "precondition", { next: "absent", failed: "the application refused it" }],
  ["creating", "unknown", { next: "creating", failed: "nobody knows whether it was created" }],
  ["creating", "inScope", { next: "creating", action: "lookUpIntent" }],
  ["creating", "out", { next: "creating", action: "lookUpIntent" }],
  ["creating", "neverMade", { next: "gone" }],
  ["creating", "matchedOne", { next: "linked", action: "compare" }],
  ["creating", "matchedOwned", { next: "blocked", failed: "its name is taken by another object's resource" }],
  ["creating", "matchedSeveral", { next: "blocked", failed: "it matches several resources" }],
  ["creating", "matchedNone", { next: "creating", action: "create" }],
  // Never sent again on a guess: it stays, and is looked for again.
  ["creating", "matchUnsure", { next: "creating", failed: "whether it was created cannot be found out" }],

  ["linked", "inScope", { next: "linked", action: "compare" }],
  ["linked", "same", { next: "linked" }],
  ["linked", "different", { next: "updating", action: "update" }],
  ["linked", "notFound", { next: "missing", action: "lookUpAgain" }],
  ["linked", "notSent", { next: "linked", failed: "the application could not be reached" }],
  ["linked", "refused", { next: "linked", failed: "the application refused to show it" }],
  ["linked", "unsupported", { next: "linked", failed: "the application cannot show it" }],
  ["linked", "unknown", { next: "linked", failed: "the application did not show it" }],
  ["linked", "conflict", { next: "linked", failed: "the application refused to show it" }],
  ["linked", "precondition", { next: "linked", failed: "the application refused to show it" }],
  ["linked", "out", { next: "leaving", action: "decide" }],

  ["updating", "inScope", { next: "updating", action: "compare" }],
  ["updating", "same", { next: "linked" }],
  ["updating", "different", { next: "updating", action: "update" }],
  ["updating", "succeeded", { next: "linked" }],
  ["updating", "unknown", { next: "updating", failed: "nobody knows whether it was changed" }],
  ["updating", "notSent", { next: "updating", failed: "the application could not be reached" }],
  ["updating", "precondition", { next: "updating", action: "compare" }],
  ["updating", "conflict", { next: "updating", failed: "a value is taken by another resource" }],
  ["updating", "notFound", { next: "missing", action: "lookUpAgain" }],
  ["updating", "refused", { next: "updating", failed: "the application refused the change" }],
  ["updating", "unsupported", { next: "updating", failed: "the application cannot change it" }],
  ["updating", "out", { next: "leaving", action: "decide" }],

  ["missing", "inScope", { next: "missing", action: "lookUpAgain" }],
  ["missing", "matchedOne", { next: "linked", action: "compare" }],
  ["missing", "matchedOwned", { next: "waiting", failed: "the resource it matches belongs to another object" }],
  ["missing", "matchedSeveral", { next: "blocked", failed: "it matches several resources" }],
  ["missing", "matchedNone", { next: "creating", action: "create" }],
  ["missing", "matchUnsure", { next: "creating", action: "create" }],
  ["missing", "neverMade", { next: "gone" }],
  ["missing", "out", { next: "missing", action: "lookUpAgain" }],

  ["leaving", "out", { next: "leaving", action: "decide" }],
  ["leaving", "inScope", { next: "linked", action: "compare" }],
  ["leaving", "policyDelete", { next: "deleting", action: "delete" }],
  ["leaving", "policyDeactivate", { next: "deactivating", action: "deactivate" }],
  ["leaving", "policyKeep", { next: "kept" }],
  ["leaving", "policyUnlink", { next: "detached" }],

  ["deactivating", "succeeded", { next: "deactivated" }],
  // An account that is merely not shown would stay open.
  ["deactivating", "notFound", { next: "missing", action: "lookUpAgain" }],
  ["deactivating", "unknown", { next: "deactivating", failed: "nobody knows whether it was deactivated" }],
  ["deactivating", "notSent", { next: "deactivating", failed: "the application could not be reached" }],
  ["deactivating", "refused", { next: "deactivating", failed: "the application refused to deactivate it" }],
  ["deactivating", "unsupported", { next: "deactivating", failed: "the application cannot deactivate it" }],
  ["deactivating", "conflict", { next: "deactivating", failed: "the application refused to deactivate it" }],
  ["deactivating", "precondition", { next: "deactivating", action: "deactivate" }],
  ["deactivating", "out", { next: "leaving", action: "decide" }],
  ["deactivating", "inScope", { next: "updating", action: "compare" }],

  ["deactivated", "out", { next: "deactivated", action: "decide" }],
  ["deactivated", "policyDeactivate", { next: "deactivated" }],
  ["deactivated", "policyKeep", { next: "deactivated" }],
  ["deactivated", "policyDelete", { next: "deleting", action: "delete" }],
  ["deactivated", "policyUnlink", { next: "detached" }],
  ["deactivated", "inScope", { next: "updating", action: "compare" }],

  ["deleting", "succeeded", { next: "gone" }],
  ["deleting", "notFound", { next: "gone" }],
  ["deleting", "unknown", { next: "deleting", failed: "nobody knows whether it was deleted" }],
  ["deleting", "notSent", { next: "deleting", failed: "the application could not be reached" }],
  ["deleting", "unsupported", { next: "deactivating", action: "deactivate" }],
  ["deleting", "refused", { next: "deleting", failed: "the application refused to delete it" }],
  ["deleting", "conflict", { next: "deleting", failed: "the application refused to delete it" }],
  ["deleting", "precondition", { next: "deleting", action: "delete" }],
  ["deleting", "out", { next: "deleting", action: "delete" }],
  // Finished first: half-deleted is no state to build on. The object is made anew behind it.
  ["deleting", "inScope", { next: "deleting", action: "delete" }],

  ["kept", "inScope", { next: "linked", action: "compare" }],
  ["kept", "out", { next: "kept", action: "decide" }],
  ["kept", "policyKeep", { next: "kept" }],
  ["kept", "policyDelete", { next: "deleting", action: "delete" }],
  ["kept", "policyDeactivate", { next: "deactivating", action: "deactivate" }],
  ["kept", "policyUnlink", { next: "detached" }],

  // Nobody held it for us: somebody else may have it now.
  ["detached", "inScope", { next: "detached", action: "reclaim" }],
  ["detached", "matchedOne", { next: "linked", action: "compare" }],
  ["detached", "matchedOwned", { next: "waiting", failed: "the resource it had belongs to another object" }],
  ["detached", "out", { next: "detached" }],

  ["waiting", "inScope", { next: "absent", action: "lookUp" }],
  ["waiting", "out", { next: "gone" }],
  ["blocked", "inScope", { next: "absent", action: "lookUp" }],
  ["blocked", "out", { next: "gone" }],

  ["gone", "inScope", { next: "absent", action: "lookUp" }],
  ["gone", "out", { next: "gone" }],
];

const TABLE: ReadonlyMap<string, Transition> = new Map(
  ROWS.map(([state, event, transition]) => [`${state} ${event}`, transition]),
);

/**
 * What happens to a link in `state` on `event`.
 *
 * @throws {TypeError} for a pair that the table does not have: a fault in this package, never in a request
 */
export function transitionOf(state: LinkState, event: LinkEvent): Transition {
  const transition = TABLE.get(`${state} ${event}`);
  if (transition === undefined) throw new TypeError(`The link table has no row for ${state} on ${event}`);
  return transition;
}

/** All rows, for tests and for documents. */
export function linkTable(): readonly Row[] {
  return ROWS;
}
