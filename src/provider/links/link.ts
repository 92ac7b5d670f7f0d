import * as z from "zod/mini";
import { anyObject, type Codec, jsonCodec } from "../../storage/state/codec.ts";

/** The states of a link. Only `link-table.ts` defines what leads from one to another. */
export const LINK_STATES = [
  "absent",
  "creating",
  "linked",
  "updating",
  "missing",
  "leaving",
  "deactivating",
  "deactivated",
  "deleting",
  "kept",
  "detached",
  "waiting",
  "blocked",
  "gone",
] as const;

/** A state of a link. */
export type LinkState = (typeof LINK_STATES)[number];

/** A document as it was sent: attributes without `id`, `meta` and members. */
export type Document = Readonly<Record<string, unknown>>;

/** A request that is about to be sent, stored before it is. */
export interface SendIntent {
  readonly operation: "create" | "update" | "deactivate" | "delete";
  readonly document?: Document;
  /** Of a create: the values by which the resource can be found if it is unknown whether it was created. */
  readonly matchKeys?: readonly MatchKey[];
  /** Of a create that may be in progress: the process that sends it, and until when, in milliseconds since 1970. */
  readonly claim?: { readonly by: string; readonly until: number };
}

/** A value by which a remote resource can be found. */
export interface MatchKey {
  /** An attribute that can be filtered by, such as `externalId`. */
  readonly attribute: string;
  readonly value: string;
}

/** The states from which a deletion begins, and to which the link returns if the deletion was not sent. */
export type BeforeDeletion = "leaving" | "deactivated" | "kept";

/** The stored connection between a directory object and a remote resource (decision 100). */
export interface Link {
  readonly state: LinkState;
  /** The remote resource's id. */
  readonly remoteId?: string;
  /** The id of a remote resource whose response was 404: if its name is taken, this resource may still have it. */
  readonly formerId?: string;
  /** When the response to the create came, in milliseconds since 1970: the resource may become visible later. */
  readonly bornAt?: number;
  readonly origin?: "created" | "adopted";
  /** The document that was last sent and confirmed; `unknown` never equals anything. */
  readonly sent?: Document | "unknown";
  /**
   * What the application returned instead of what was sent, by attribute, as digests. If an application normalises a
   * value, the value is not sent again.
   */
  readonly shown?: Readonly<Record<string, string>>;
  /**
   * While `sent` is not a document: everything that the remote resource may have been sent, merged into one document.
   * Values in it that are no longer desired must be removed.
   */
  readonly told?: Document;
  readonly intent?: SendIntent;
  /** The externalId with which it was created; later changes of the mapping do not change it. */
  readonly externalId?: string;
  /** The configuration of the scope under which the object was last in scope. */
  readonly scopeRevision?: string;
  /** Until when the deprovisioning waits, in milliseconds since 1970. Set once each time the object leaves. */
  readonly graceUntil?: number;
  /** Who has the value that could not be written: the directory object's id, if it is linked, and the attribute. */
  readonly heldBy?: { readonly attribute: string; readonly id?: string };
  /** Of `deleting`: the state before. */
  readonly cameFrom?: BeforeDeletion;
  /** Of `waiting` and `blocked`: a digest of what was tried. The create is sent again only if this has changed. */
  readonly tried?: string;
  /** Of `waiting` and `blocked`: why, as a code of the link table. */
  readonly failure?: string;
  /** Of `deactivated`: false if the application never showed it. */
  readonly confirmed?: boolean;
  /** Why the link is in its state, for people: of `waiting`, `blocked`, `kept`, `leaving`. */
  readonly reason?: string;
  /** The name of the object when it was last read; for reports. */
  readonly label?: string;
}

/** A link before anything happened. */
export const ABSENT: Link = Object.freeze({ state: "absent" });

const matchKey = z.object({ attribute: z.string(), value: z.string() });

const linkSchema: z.ZodMiniType<Link> = z.object({
  state: z.enum(LINK_STATES),
  remoteId: z.optional(z.string()),
  formerId: z.optional(z.string()),
  bornAt: z.optional(z.number()),
  origin: z.optional(z.enum(["created", "adopted"])),
  sent: z.optional(z.union([z.literal("unknown"), anyObject<Document>()])),
  shown: z.optional(anyObject<Readonly<Record<string, string>>>()),
  told: z.optional(anyObject<Document>()),
  intent: z.optional(
    z.object({
      operation: z.enum(["create", "update", "deactivate", "delete"]),
      document: z.optional(anyObject<Document>()),
      matchKeys: z.optional(z.array(matchKey)),
      claim: z.optional(z.object({ by: z.string(), until: z.number() })),
    }),
  ),
  externalId: z.optional(z.string()),
  scopeRevision: z.optional(z.string()),
  graceUntil: z.optional(z.number()),
  heldBy: z.optional(z.object({ attribute: z.string(), id: z.optional(z.string()) })),
  cameFrom: z.optional(z.enum(["leaving", "deactivated", "kept"])),
  tried: z.optional(z.string()),
  failure: z.optional(z.string()),
  confirmed: z.optional(z.boolean()),
  reason: z.optional(z.string()),
  label: z.optional(z.string()),
});

/** Reads and writes links. */
export const linkCodec: Codec<Link> = jsonCodec(linkSchema);

const LIVE: ReadonlySet<LinkState> = new Set(["linked", "updating", "missing", "leaving", "deactivating", "deleting"]);

/** Whether the account of a link may be in use. */
export function isLive(link: Link): boolean {
  return LIVE.has(link.state);
}
