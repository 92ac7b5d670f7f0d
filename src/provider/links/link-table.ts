import type { LinkState } from "./link.ts";

/** What can happen to a link: facts about the object, and outcomes of actions. */
export type LinkEvent =
  /** The object is in scope and its desired document is known. */
  | "inScope"
  /** The object must not be there any more; the cause decides what to do about it. */
  | "out"
  /** A look-up found one remote resource that no other link owns and that may be taken. */
  | "matchedOne"
  /** It found one that another link owns. */
  | "matchedOwned"
  /** It found one that is somebody else's by its externalId, or several: for a person to decide. */
  | "matchedForeign"
  /** It found none, and may be relied on. */
  | "matchedNone"
  /** It found none, and may not be relied on. */
  | "matchUnsure"
  /** Nothing changed since the create was refused: it is not sent again. */
  | "unchanged"
  /** Another process may be sending the create just now. */
  | "claimed"
  /** The mappings skip the object when it would be created. */
  | "neverMade"
  /** It is surely gone, and is not to be there. */
  | "provenGone"
  /** It was not found, which proves nothing, and is not to be there. */
  | "unfound"
  /** The name is taken by something that cannot be seen. */
  | "holderUnseen"
  /** The name is taken by something that cannot be seen, and the object had a resource before. */
  | "holderIsFormer"
  /** Desired and remote are the same. */
  | "same"
  | "different"
  | "succeeded"
  /** Accepted, and shown otherwise than sent. */
  | "notTaken"
  /** Accepted, and never shown. */
  | "unconfirmed"
  /** The response is about a resource that is not this object's. */
  | "misdirected"
  /** The response shows that the resource has another id now, which is ours. */
  | "moved"
  /** 409 uniqueness. */
  | "conflict"
  /** Everything but the value that is taken was written. */
  | "held"
  /** 412, or a 409 of another kind. */
  | "precondition"
  /** 404, proven. */
  | "notFound"
  /** 404 so soon after the create that it may not be shown yet. */
  | "notFoundYoung"
  /** No usable response twice, while other requests to the application succeed. */
  | "unreadable"
  /** 405 or 501. */
  | "unsupported"
  /** Deleting is not supported, and neither is deactivating. */
  | "undeletable"
  /** Any other 4xx. */
  | "refused"
  /** Sent, without a response that shows the outcome. */
  | "unknown"
  /** Certainly not acted on: the connection was refused, or 429 to the end. */
  | "notSent"
  /** A deletion that was accepted, and the resource is still there. */
  | "stillThere"
  /** A deletion did not happen, and the object is back in scope. */
  | "backInScope"
  /** A deletion was refused, and the account must be deactivated meanwhile. */
  | "deactivateInstead"
  /** A deletion was refused, and that is only reported. */
  | "reportRefusal"
  /** It left with a remote resource. */
  | "hasRemote"
  /** It left while it is unknown whether its create happened. */
  | "hasIntent"
  /** It left with neither. */
  | "hasNothing"
  /** The policy asks for time before anything is done. */
  | "graced"
  | "policyDelete"
  | "policyDeactivate"
  | "policyKeep"
  | "policyUnlink";

/** What is done on a transition, by name, and which events can come of it. */
export interface ActionEvents {
  /** Looks for the resource of an object that has no link. */
  readonly lookUp: "matchedOne" | "matchedOwned" | "matchedForeign" | "matchedNone" | "matchUnsure" | "neverMade";
  /** Looks for it again, and says whether the create may be sent. */
  readonly lookUpBlocked:
    | "matchedOne"
    | "matchedOwned"
    | "matchedForeign"
    | "matchedNone"
    | "unchanged"
    | "claimed"
    | "neverMade";
  /** Looks for what a create of unknown outcome may have made. */
  readonly lookUpIntent:
    | "matchedOne"
    | "matchedOwned"
    | "matchedForeign"
    | "matchedNone"
    | "matchUnsure"
    | "claimed"
    | "neverMade"
    | "unfound";
  /** Looks up the resource with the name for which a create was rejected. */
  readonly lookUpHolder: "matchedOne" | "matchedOwned" | "matchedForeign" | "holderUnseen" | "holderIsFormer";
  /** Looks up a resource whose response was 404. */
  readonly lookUpMissing:
    | "matchedOne"
    | "matchedOwned"
    | "matchedForeign"
    | "matchedNone"
    | "matchUnsure"
    | "neverMade"
    | "provenGone"
    | "unfound";
  /** Looks up a resource whose response was 404 and that must not exist. */
  readonly confirmGone: "matchedOne" | "matchedForeign" | "provenGone" | "unfound";
  /** Reads a resource that was let go. */
  readonly reclaim:
    | "matchedOne"
    | "matchedOwned"
    | "matchedForeign"
    | "notFound"
    | "refused"
    | "unsupported"
    | "unknown"
    | "notSent";
  /** Sends the document to the id that the object had before. */
  readonly revive: "succeeded" | "holderUnseen" | "unknown";
  readonly create:
    | "succeeded"
    | "notTaken"
    | "misdirected"
    | "conflict"
    | "refused"
    | "unsupported"
    | "notFound"
    | "unknown"
    | "notSent";
  /** Desired against what was last sent; where that is not known, against what is there. */
  readonly compare:
    | "out"
    | "same"
    | "different"
    | "misdirected"
    | "notFound"
    | "notFoundYoung"
    | "unreadable"
    | "refused"
    | "unsupported"
    | "conflict"
    | "precondition"
    | "unknown"
    | "notSent";
  readonly update:
    | "succeeded"
    | "notTaken"
    | "misdirected"
    | "moved"
    | "conflict"
    | "precondition"
    | "notFound"
    | "notFoundYoung"
    | "unreadable"
    | "refused"
    | "unsupported"
    | "unknown"
    | "notSent";
  /** Sends everything but the value that is taken. */
  readonly updateRest: "held";
  /** Asks the policy. */
  readonly decide: "inScope" | "graced" | "policyDelete" | "policyDeactivate" | "policyKeep" | "policyUnlink";
  readonly deactivate:
    | "succeeded"
    | "unconfirmed"
    | "notTaken"
    | "misdirected"
    | "notFound"
    | "conflict"
    | "precondition"
    | "refused"
    | "unsupported"
    | "unknown"
    | "notSent";
  readonly delete:
    | "succeeded"
    | "stillThere"
    | "notFound"
    | "unsupported"
    | "undeletable"
    | "refused"
    | "unknown"
    | "notSent";
  /** Finds out the outcome of a deletion. */
  readonly checkDeleted:
    | "notFound"
    | "hasRemote"
    | "backInScope"
    | "misdirected"
    | "unknown"
    | "policyKeep"
    | "policyUnlink";
  /** Finds out what a refused deletion means. */
  readonly checkRefused: "notFound" | "deactivateInstead" | "reportRefusal";
  /** What a blocked or waiting object leaves behind. */
  readonly leave: "hasRemote" | "hasIntent" | "hasNothing";
}

/** The names of the actions. */
export type LinkAction = keyof ActionEvents;

/** Why an object could not be brought to where it should be; stable, for programs. */
export type FailureCode =
  | "waiting"
  | "ambiguous"
  | "nameTaken"
  | "nameOwned"
  | "unsureCreate"
  | "claimed"
  | "refused"
  | "unsupported"
  | "unreachable"
  | "unknown"
  | "notTaken"
  | "misdirected"
  | "young"
  | "valueTaken"
  | "unreadable"
  | "stillThere"
  | "deleteRefused"
  | "undeletable"
  | "someoneElse";

/** The sentence for each code. */
export const FAILURES: Readonly<Record<FailureCode, string>> = {
  waiting: "the resource it matches belongs to another object",
  ambiguous: "it matches a resource that is not its own, or several",
  nameTaken: "its name is taken by something that cannot be seen",
  nameOwned: "its name is taken by another object's resource",
  unsureCreate: "whether it was created cannot be found out",
  claimed: "another process may be creating it",
  refused: "the application refused it",
  unsupported: "the application does not support it",
  unreachable: "the application could not be reached",
  unknown: "the application gave no response that shows the outcome",
  notTaken: "the application accepted it and shows something else",
  misdirected: "the application's response is about another resource",
  young: "it was created a moment ago and is not shown yet",
  valueTaken: "a value is taken by another resource",
  unreadable: "the application did not show it",
  stillThere: "the application accepted its deletion and still has it",
  deleteRefused: "the application refused to delete it",
  undeletable: "the application can neither delete nor deactivate it",
  someoneElse: "its name belongs to somebody else now; nothing was sent",
};

/** A transition: the state to store first, then what to do. Without an action the link is at rest. */
export interface Transition {
  readonly next: LinkState;
  readonly action?: LinkAction;
  /** Goes into the report as a failure of this object. */
  readonly failed?: FailureCode;
  /** Returns to the state that the deletion came from; `next` where that is not known. */
  readonly back?: true;
  /** Leaves a watch behind: what was not found may still turn up. */
  readonly watch?: true;
}

/** What happens in one state, by event. */
type Rows = { readonly [Event in LinkEvent]?: Transition };

/** The result of a look-up leads to the same states in every row. */
const FOUND: Rows = {
  matchedOne: { next: "linked", action: "compare" },
  matchedOwned: { next: "waiting", failed: "waiting" },
  matchedForeign: { next: "blocked", failed: "ambiguous" },
};

const CREATED: Rows = {
  matchedNone: { next: "creating", action: "create" },
  matchUnsure: { next: "creating", action: "create" },
  neverMade: { next: "gone" },
};

/** A read that failed leaves the link where it is. */
const readFailed = (next: LinkState): Rows => ({
  notSent: { next, failed: "unreachable" },
  refused: { next, failed: "unreadable" },
  unsupported: { next, failed: "unreadable" },
  unknown: { next, failed: "unreadable" },
});

/** The decision of the policy leads to the same states in every row. */
const DEPROVISIONED: Rows = {
  policyDelete: { next: "deleting", action: "delete" },
  policyDeactivate: { next: "deactivating", action: "deactivate" },
  policyKeep: { next: "kept" },
  policyUnlink: { next: "detached" },
};

/**
 * The life of a link (design 6.1): in this state, on this event, store that state, then do that.
 *
 * Storing comes first, so that an intent is durable before its request: a crash behind any row finds the row again. A
 * pair that is not here cannot happen: `ActionEvents` says which events an action can lead to.
 */
export const LINK_TABLE: Readonly<Record<Exclude<LinkState, "gone">, Rows>> = {
  absent: {
    inScope: { next: "absent", action: "lookUp" },
    out: { next: "gone" },
    ...FOUND,
    ...CREATED,
  },
  creating: {
    inScope: { next: "creating", action: "lookUpIntent" },
    out: { next: "creating", action: "lookUpIntent" },
    ...FOUND,
    matchedOwned: { next: "blocked", failed: "nameOwned" },
    ...CREATED,
    // A create whose outcome cannot be found out is not sent again on a guess.
    matchUnsure: { next: "blocked", failed: "unsureCreate" },
    claimed: { next: "creating", failed: "claimed" },
    unfound: { next: "gone", watch: true },
    succeeded: { next: "linked" },
    notTaken: { next: "linked", failed: "notTaken" },
    misdirected: { next: "blocked", failed: "misdirected" },
    conflict: { next: "creating", action: "lookUpHolder" },
    holderIsFormer: { next: "creating", action: "revive" },
    holderUnseen: { next: "blocked", failed: "nameTaken" },
    refused: { next: "absent", failed: "refused" },
    unsupported: { next: "absent", failed: "unsupported" },
    notFound: { next: "absent", failed: "unsupported" },
    notSent: { next: "absent", failed: "unreachable" },
    unknown: { next: "creating", failed: "unknown" },
  },
  linked: {
    inScope: { next: "linked", action: "compare" },
    out: { next: "leaving", action: "decide" },
    same: { next: "linked" },
    different: { next: "updating", action: "update" },
    notFound: { next: "missing", action: "lookUpMissing" },
    notFoundYoung: { next: "linked", failed: "young" },
    unreadable: { next: "missing", action: "lookUpMissing" },
    misdirected: { next: "linked", failed: "misdirected" },
    ...readFailed("linked"),
    conflict: { next: "linked", failed: "unreadable" },
    precondition: { next: "linked", failed: "unreadable" },
  },
  updating: {
    inScope: { next: "updating", action: "compare" },
    out: { next: "leaving", action: "decide" },
    same: { next: "linked" },
    different: { next: "updating", action: "update" },
    succeeded: { next: "linked" },
    moved: { next: "linked" },
    notTaken: { next: "linked", failed: "notTaken" },
    misdirected: { next: "linked", failed: "misdirected" },
    unknown: { next: "updating", failed: "unknown" },
    notSent: { next: "linked", failed: "unreachable" },
    refused: { next: "linked", failed: "refused" },
    unsupported: { next: "linked", failed: "unsupported" },
    precondition: { next: "updating", action: "compare" },
    conflict: { next: "updating", action: "updateRest" },
    held: { next: "updating", failed: "valueTaken" },
    notFound: { next: "missing", action: "lookUpMissing" },
    notFoundYoung: { next: "updating", failed: "young" },
    unreadable: { next: "missing", action: "lookUpMissing" },
  },
  missing: {
    inScope: { next: "missing", action: "lookUpMissing" },
    out: { next: "missing", action: "lookUpMissing" },
    ...FOUND,
    ...CREATED,
    provenGone: { next: "gone" },
    unfound: { next: "gone", watch: true },
  },
  leaving: {
    inScope: { next: "linked", action: "compare" },
    out: { next: "leaving", action: "decide" },
    graced: { next: "leaving" },
    ...DEPROVISIONED,
  },
  deactivating: {
    inScope: { next: "updating", action: "compare" },
    out: { next: "leaving", action: "decide" },
    succeeded: { next: "deactivated" },
    unconfirmed: { next: "deactivated" },
    notTaken: { next: "deactivating", failed: "notTaken" },
    misdirected: { next: "deactivating", failed: "misdirected" },
    // An account that is only not shown would stay open.
    notFound: { next: "deactivating", action: "confirmGone" },
    matchedOne: { next: "leaving", action: "decide" },
    matchedForeign: { next: "gone", failed: "someoneElse" },
    provenGone: { next: "gone" },
    unfound: { next: "gone", watch: true },
    unknown: { next: "deactivating", failed: "unknown" },
    notSent: { next: "deactivating", failed: "unreachable" },
    refused: { next: "deactivating", failed: "refused" },
    unsupported: { next: "deactivating", failed: "unsupported" },
    conflict: { next: "deactivating", failed: "refused" },
    precondition: { next: "deactivating", failed: "refused" },
  },
  deactivated: {
    inScope: { next: "updating", action: "compare" },
    out: { next: "deactivated", action: "decide" },
    graced: { next: "deactivated" },
    ...DEPROVISIONED,
    policyDeactivate: { next: "deactivated" },
    policyKeep: { next: "deactivated" },
  },
  deleting: {
    // The outcome is unknown, so it is checked before anything else is done.
    inScope: { next: "deleting", action: "checkDeleted" },
    out: { next: "deleting", action: "checkDeleted" },
    succeeded: { next: "gone" },
    stillThere: { next: "deleting", failed: "stillThere" },
    notFound: { next: "deleting", action: "confirmGone" },
    matchedOne: { next: "leaving", action: "decide" },
    matchedForeign: { next: "gone", failed: "someoneElse" },
    misdirected: { next: "gone", failed: "someoneElse" },
    provenGone: { next: "gone" },
    unfound: { next: "gone", watch: true },
    hasRemote: { next: "leaving", action: "decide" },
    backInScope: { next: "updating", action: "compare" },
    unknown: { next: "deleting", failed: "unknown" },
    notSent: { next: "leaving", back: true, failed: "unreachable" },
    refused: { next: "deleting", action: "checkRefused" },
    deactivateInstead: { next: "deactivating", action: "deactivate" },
    reportRefusal: { next: "leaving", back: true, failed: "deleteRefused" },
    unsupported: { next: "deactivating", action: "deactivate" },
    undeletable: { next: "kept", failed: "undeletable" },
    policyKeep: { next: "kept" },
    policyUnlink: { next: "detached" },
  },
  kept: {
    inScope: { next: "kept", action: "reclaim" },
    out: { next: "kept", action: "decide" },
    ...FOUND,
    ...readFailed("kept"),
    notFound: { next: "absent", action: "lookUp" },
    graced: { next: "kept" },
    ...DEPROVISIONED,
  },
  detached: {
    // Nobody held it for us: somebody else may have it now.
    inScope: { next: "detached", action: "reclaim" },
    out: { next: "detached" },
    ...FOUND,
    ...readFailed("detached"),
    notFound: { next: "absent", action: "lookUp" },
  },
  waiting: {
    inScope: { next: "waiting", action: "lookUpBlocked" },
    out: { next: "waiting", action: "leave" },
    ...FOUND,
    matchedNone: { next: "creating", action: "create" },
    unchanged: { next: "waiting", failed: "waiting" },
    claimed: { next: "waiting", failed: "claimed" },
    neverMade: { next: "gone" },
    hasRemote: { next: "leaving", action: "decide" },
    hasIntent: { next: "creating", action: "lookUpIntent" },
    hasNothing: { next: "gone" },
  },
  blocked: {
    inScope: { next: "blocked", action: "lookUpBlocked" },
    out: { next: "blocked", action: "leave" },
    ...FOUND,
    matchedNone: { next: "creating", action: "create" },
    unchanged: { next: "blocked", failed: "nameTaken" },
    claimed: { next: "blocked", failed: "claimed" },
    neverMade: { next: "gone" },
    hasRemote: { next: "leaving", action: "decide" },
    hasIntent: { next: "creating", action: "lookUpIntent" },
    hasNothing: { next: "gone" },
  },
};

/**
 * What happens to a link in `state` on `event`.
 *
 * @throws {TypeError} for a pair that the table does not have: a fault in this package, never in a request
 */
export function transitionOf(state: LinkState, event: LinkEvent): Transition {
  const transition = state === "gone" ? undefined : LINK_TABLE[state][event];
  if (transition === undefined) throw new TypeError(`The link table has no row for ${state} on ${event}`);
  return transition;
}
