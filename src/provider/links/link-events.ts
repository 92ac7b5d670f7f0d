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
