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
