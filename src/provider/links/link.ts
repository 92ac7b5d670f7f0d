/** The states of a link. What leads from one to another stands in `link-table.ts` alone. */
export type LinkState =
  | "absent"
  | "creating"
  | "linked"
  | "updating"
  | "missing"
  | "leaving"
  | "deactivating"
  | "deactivated"
  | "deleting"
  | "kept"
  | "detached"
  | "waiting"
  | "blocked"
  | "gone";

/** A document as it was sent: attributes without `id`, `meta` and members. */
export type Document = Readonly<Record<string, unknown>>;

/** What is about to be sent, durable before it is. */
export interface SendIntent {
  readonly operation: "create" | "update" | "deactivate" | "delete";
  readonly document?: Document;
  /** Of a create: by what it can be found if nobody knows whether it happened. */
  readonly matchKeys?: readonly MatchKey[];
  /** Of a create whose request may be on its way: whose, and until when, in milliseconds since 1970. */
  readonly claim?: { readonly by: string; readonly until: number };
}

/** A value that finds a remote resource. */
export interface MatchKey {
  /** A filterable attribute, such as `externalId`. */
  readonly attribute: string;
  readonly value: string;
}

/** The stored tie between a directory object and a remote resource. */
export interface Link {
  readonly state: LinkState;
  readonly remoteId?: string;
  readonly origin?: "created" | "adopted";
  /** What the remote was last told and said yes to; `unknown` never equals anything. */
  readonly sent?: Document | "unknown";
  /**
   * While `sent` is no document: all that the remote may have been told, one document over the other. What of it is no
   * longer desired has to go.
   */
  readonly told?: Document;
  readonly intent?: SendIntent;
  /** The externalId it was created with: later changes of the mapping do not move it. */
  readonly externalId?: string;
  /** Which configuration of the scope last let it in. */
  readonly scopeRevision?: string;
  /** Why it is where it is, for people: of `waiting`, `blocked`, `kept`, `leaving`. */
  readonly reason?: string;
  /** How the object was called when it was last seen; for reports. */
  readonly label?: string;
}

/** A link before anything happened. */
export const ABSENT: Link = Object.freeze({ state: "absent" });

const LIVE: ReadonlySet<LinkState> = new Set(["linked", "updating", "missing", "leaving", "deactivating", "deleting"]);

/** Whether somebody may be using what it stands for. */
export function isLive(link: Link): boolean {
  return LIVE.has(link.state);
}
