import type { LinkState } from "./link.ts";

/** What can happen to a link: facts about the object, and outcomes of actions. */
export type LinkEvent =
  /** The object is in scope and its desired document is known. */
  | "inScope"
  /** The object must no longer exist at the application; the cause decides what to do. */
  | "out"
  /** A look-up found one remote resource that no other link owns and that may be taken. */
  | "matchedOne"
  /** A look-up found a resource that another link owns. */
  | "matchedOwned"
  /** A look-up found a resource that belongs to somebody else by its externalId, or several: a person must decide. */
  | "matchedForeign"
  /** A look-up found nothing, and this is certain. */
  | "matchedNone"
  /** A look-up found nothing, but this is not certain. */
  | "matchUnsure"
  /** Nothing has changed since the create was rejected, so it is not sent again. */
  | "unchanged"
  /** Another process may be sending the create now. */
  | "claimed"
  /** The mappings skip the object when it would be created. */
  | "neverMade"
  /** The resource is certainly gone, and must not exist. */
  | "provenGone"
  /** The resource was not found, which proves nothing, and must not exist. */
  | "unfound"
  /** A resource that cannot be seen has the name. */
  | "holderUnseen"
  /** A resource that cannot be seen has the name, and the object had a resource before. */
  | "holderIsFormer"
  /** Desired state and remote state are equal. */
  | "same"
  | "different"
  | "succeeded"
  /** Accepted, but the response shows other values than were sent. */
  | "notTaken"
  /** Accepted, but the result is never shown. */
  | "unconfirmed"
  /** The response is about the resource of another object. */
  | "misdirected"
  /** The response shows that our resource has another id now. */
  | "moved"
  /** 409 uniqueness. */
  | "conflict"
  /** Everything was written except the value that is taken. */
  | "held"
  /** 412, or a 409 of another kind. */
  | "precondition"
  /** 404, confirmed. */
  | "notFound"
  /** 404 soon after the create: the resource may not be visible yet. */
  | "notFoundYoung"
  /** No usable response twice, while other requests to the application succeed. */
  | "unreadable"
  /** 405 or 501. */
  | "unsupported"
  /** Neither deletion nor deactivation is supported. */
  | "undeletable"
  /** Any other 4xx. */
  | "refused"
  /** Sent, but no response shows the outcome. */
  | "unknown"
  /** Certainly not processed: the connection was refused, or every attempt got a 429. */
  | "notSent"
  /** The deletion was accepted, but the resource still exists. */
  | "stillThere"
  /** The deletion did not happen, and the object is back in scope. */
  | "backInScope"
  /** The deletion was rejected, and the account must be deactivated meanwhile. */
  | "deactivateInstead"
  /** The deletion was rejected, which is only reported. */
  | "reportRefusal"
  /** The object left and has a remote resource. */
  | "hasRemote"
  /** The object left, and it is unknown whether its resource was created. */
  | "hasIntent"
  /** The object left and has no resource. */
  | "hasNothing"
  /** The policy wants to wait before anything is done. */
  | "graced"
  | "policyDelete"
  | "policyDeactivate"
  | "policyKeep"
  | "policyUnlink";

/** The actions of transitions, by name, and the events that each can lead to. */
export interface ActionEvents {
  /** Looks for the resource of an object that has no link. */
  readonly lookUp: "matchedOne" | "matchedOwned" | "matchedForeign" | "matchedNone" | "matchUnsure" | "neverMade";
  /** Looks for it again, and decides whether the create may be sent. */
  readonly lookUpBlocked:
    | "matchedOne"
    | "matchedOwned"
    | "matchedForeign"
    | "matchedNone"
    | "unchanged"
    | "claimed"
    | "neverMade";
  /** Looks for the resource that a create of unknown outcome may have created. */
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
  /** Reads a resource that was given up. */
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
  /** Compares the desired state with what was last sent or, if that is unknown, with the remote resource. */
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
  /** Sends everything except the value that is taken. */
  readonly updateRest: "held";
  /** Asks the policy what to do. */
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
  /** Finds out what a rejected deletion means. */
  readonly checkRefused: "notFound" | "deactivateInstead" | "reportRefusal";
  /** Handles what a blocked or waiting object leaves behind. */
  readonly leave: "hasRemote" | "hasIntent" | "hasNothing";
}

/** The names of the actions. */
export type LinkAction = keyof ActionEvents;

/** Why an object could not be brought into its desired state; stable, for programs. */
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
  unsureCreate: "it is unknown whether it was created",
  claimed: "another process may be creating it",
  refused: "the application refused it",
  unsupported: "the application does not support it",
  unreachable: "the application could not be reached",
  unknown: "the application gave no response that shows the outcome",
  notTaken: "the application accepted it, but returns other values",
  misdirected: "the application's response is about another resource",
  young: "it was created a moment ago and is not shown yet",
  valueTaken: "a value is taken by another resource",
  unreadable: "the application did not show it",
  stillThere: "the application accepted its deletion, but still has it",
  deleteRefused: "the application refused to delete it",
  undeletable: "the application can neither delete nor deactivate it",
  someoneElse: "its name belongs to somebody else now; nothing was sent",
};

/** A transition: the state to store first, then the action. Without an action the link stays in that state. */
export interface Transition {
  readonly next: LinkState;
  readonly action?: LinkAction;
  /** Reported as a failure of this object. */
  readonly failed?: FailureCode;
  /** Returns to the state from which the deletion began; to `next` if that is unknown. */
  readonly back?: true;
  /** Begins a watch: a resource that was not found may still appear. */
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

/** A read that failed leaves the link in its state. */
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
 * The life of a link (decision 100): in this state, on this event, store that state, then do that action.
 *
 * The state is stored first, so that an intent is durable before its request is sent: after a crash the link continues
 * in that state. A pair that is not here cannot happen: `ActionEvents` says which events an action can lead to.
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
    // If the outcome of a create cannot be found out, the create is not sent again: it might make a duplicate.
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
    // The account may only be hidden; then it would stay active.
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
    // The link did not own it meanwhile: it may belong to another object now.
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
 * @throws {TypeError} for a pair that the table does not have: a bug in this package, never caused by a request
 */
export function transitionOf(state: LinkState, event: LinkEvent): Transition {
  const transition = state === "gone" ? undefined : LINK_TABLE[state][event];
  if (transition === undefined) throw new TypeError(`The link table has no row for ${state} on ${event}`);
  return transition;
}
