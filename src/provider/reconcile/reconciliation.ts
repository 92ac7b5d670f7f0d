import type { ProviderContext } from "../context/provider-context.ts";
import type { Document, Link } from "../links/link.ts";
import type { ActionEvents, LinkAction } from "../links/link-events.ts";
import type { LinkKey, StoredLink } from "../links/link-repository.ts";
import type { LinkStep } from "../links/trace.ts";
import type { MappedObject, ObjectState, ObjectType } from "../objects/object-type.ts";
import type { NotDone, RemoteRequest } from "../remote/classify.ts";

/** One object while it is reconciled: what has been found out about it so far. */
export interface Reconciliation {
  readonly context: ProviderContext;
  readonly objects: ObjectType;
  readonly key: LinkKey;
  readonly object: ObjectState;
  stored: StoredLink;
  /** What the next state gets from the last action: a remote id, an origin, a document. */
  found: Partial<Link>;
  /** The document for a create, as soon as it is needed. */
  creation: Extract<MappedObject, { document: unknown }> | undefined;
  writes: number;
  /** Names of the attributes that were sent. */
  readonly attributes: Set<string>;
  compared: number;
  error: unknown;
  /** The request that failed last. */
  request: RemoteRequest | undefined;
  readonly trace: (step: LinkStep) => void;
}

/** The events that an action can lead to. */
export type EventOf<Action extends LinkAction> = ActionEvents[Action];

/** Records why a request did not succeed, and returns the event. */
export function failed<Event extends NotDone["event"]>(
  reconciliation: Reconciliation,
  result: { readonly event: Event; readonly error: unknown; readonly request: RemoteRequest },
): Event {
  reconciliation.error = result.error;
  reconciliation.request = result.request;
  return result.event;
}

/**
 * The desired state of the remote resource.
 * @throws {TypeError} for an object that is out of scope: a bug in this package
 */
export function desiredOf({ object }: Reconciliation): Document {
  if (!object.inScope) throw new TypeError("Nothing is desired of an object that is out of scope");
  return object.document;
}

/** The remote id of a link that has one. @throws {TypeError} for a link that has none: a bug in this package */
export function remoteIdIn({ stored, key }: Reconciliation): string {
  const { remoteId } = stored.link;
  if (remoteId === undefined) throw new TypeError(`The link of ${key.type} ${key.id} has no remote id`);
  return remoteId;
}

/** The externalId of a document as a link stores it: later changes of the mapping do not change it. */
export function pinnedExternalId({ externalId }: Document): Partial<Link> {
  return typeof externalId === "string" ? { externalId } : {};
}
