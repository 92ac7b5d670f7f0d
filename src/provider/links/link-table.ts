import type { FailureCode } from "./failures.ts";
import type { LinkState } from "./link.ts";
import type { LinkAction, LinkEvent } from "./link-events.ts";

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
