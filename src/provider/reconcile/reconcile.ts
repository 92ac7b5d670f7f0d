import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { valueKey } from "../../values/value-key.ts";
import type { ProviderContext } from "../context/provider-context.ts";
import { FAILURES, type FailureCode } from "../links/failures.ts";
import { ABSENT, type Link } from "../links/link.ts";
import type { LinkAction, LinkEvent } from "../links/link-events.ts";
import type { LinkKey, StoredLink } from "../links/link-repository.ts";
import { type Transition, transitionOf } from "../links/link-table.ts";
import type { LinkStep } from "../links/trace.ts";
import { isDeprovisioned } from "../objects/deprovisioning.ts";
import { matchKeysOf, type ObjectState, type ObjectType, type ReadObject, stateOf } from "../objects/object-type.ts";
import { type RemoteRequest, TargetUnusableError } from "../remote/classify.ts";
import { sameDocument } from "../remote/compare.ts";
import { runAction } from "./actions.ts";
import { nextLink } from "./next-link.ts";
import type { Reconciliation } from "./reconciliation.ts";

const MOST_TRANSITIONS = 32;

/** What was done with an object. */
export type Did =
  | "nothing"
  | "created"
  | "adopted"
  | "updated"
  | "deactivated"
  | "deleted"
  | "kept"
  | "unlinked"
  | "failed";

/** The result of syncing one object. */
export interface Outcome {
  readonly id: string;
  readonly label: string;
  readonly link: Link;
  /** How many writes were sent for it. */
  readonly writes: number;
  readonly did: Did;
  /** Names of the attributes that were sent. */
  readonly attributes: readonly string[];
  /** Whether it refers to something that the application did not have yet, or waits for a value that another object has. */
  readonly isWaiting: boolean;
  /** Why it failed, as a code of the link table. */
  readonly code: FailureCode | undefined;
  /** Why it failed, with the message of the application, or why it was kept; for people. Contains no secret. */
  readonly reason: string | undefined;
  readonly error: unknown;
  /** The request that failed. */
  readonly request: RemoteRequest | undefined;
}

/**
 * Whether an object needs no request: it is linked, in scope, and its desired document equals what was last sent; or it
 * is out of scope and deprovisioned as the policy says.
 */
export function isSettled(objects: ObjectType, link: Link, object: ObjectState, scopeRevision: string): boolean {
  if (!object.inScope) return link === ABSENT || isDeprovisioned(objects, link, { ...object, scopeRevision });
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

/** The object to reconcile. */
export interface ToReconcile {
  readonly objects: ObjectType;
  readonly id: string;
  readonly object: ObjectState;
  readonly stored: StoredLink;
  readonly trace?: ((step: LinkStep) => void) | undefined;
}

/**
 * Brings the remote resource of one object into its desired state, by the link table: stores the state, carries out the
 * action of the row, and looks up the row for the resulting event, until a row has no action.
 *
 * @throws {PreconditionFailedError} when another worker has the link
 * @throws {TargetUnusableError} when the application cannot be used at all
 */
export async function reconcile(context: ProviderContext, work: ToReconcile): Promise<Outcome> {
  const { objects, id, object, stored, trace = () => {} } = work;
  const key: LinkKey = { type: objects.type.name, id };
  const reconciliation: Reconciliation = {
    ...{ context, objects, key, object, stored, trace },
    ...{ found: {}, creation: undefined, writes: 0, attributes: new Set(), compared: 0 },
    ...{ error: undefined, request: undefined },
  };
  const before = stored.link;
  let failed = await runToRest(reconciliation, object.inScope ? "inScope" : "out");
  if (reconciliation.stored.link === ABSENT && before.state === "deleting" && object.inScope) {
    // It came back while it was being deleted. The deletion has ended, so it can be created again.
    failed = await runToRest(reconciliation, "inScope");
  }
  return outcomeOf(reconciliation, before, failed);
}

function outcomeOf(reconciliation: Reconciliation, before: Link, failed: Failed | undefined): Outcome {
  const { key, object, writes, attributes, error, request } = reconciliation;
  const { link } = reconciliation.stored;
  return {
    id: key.id,
    label: object.label ?? link.label ?? before.label ?? key.id,
    link,
    writes,
    attributes: [...attributes].filter((name) => name !== "schemas"),
    isWaiting: (object.inScope && object.isWaiting) || link.heldBy !== undefined,
    did: failed === undefined ? didOf(before, reconciliation) : "failed",
    code: failed?.code,
    reason: failed === undefined ? link.reason : withError(failed.text, error),
    error,
    request,
  };
}

/** Why an object could not be brought into its desired state. */
interface Failed {
  readonly code: FailureCode | undefined;
  readonly text: string;
}

function withError(reason: string, error: unknown): string {
  if (error === undefined) return reason;
  return `${reason} (${error instanceof Error ? error.message : String(error)})`;
}

/** Returns why it failed, if it did. */
async function runToRest(reconciliation: Reconciliation, first: LinkEvent): Promise<Failed | undefined> {
  let event = first;
  for (let steps = 0; steps < MOST_TRANSITIONS; steps += 1) {
    const { link } = reconciliation.stored;
    const transition = transitionOf(link.state, event);
    const { next, action } = transition;
    reconciliation.trace({ state: link.state, event, next, action });
    await save(reconciliation, event, transition);
    if (action === undefined) return failureOf(transition, event === "unchanged" ? link.failure : undefined);
    event = await act(reconciliation, action);
  }
  return { code: undefined, text: "it did not reach a stable state" };
}

function failureOf({ failed }: Transition, stored: string | undefined): Failed | undefined {
  const code = stored !== undefined && stored in FAILURES ? (stored as FailureCode) : failed;
  return code === undefined ? undefined : { code, text: FAILURES[code] };
}

/**
 * A request that was certainly not sent must not look as if it might have been: rejected credentials end the whole run.
 */
async function act(reconciliation: Reconciliation, action: LinkAction): Promise<LinkEvent> {
  try {
    return await runAction(reconciliation, action);
  } catch (error) {
    const isWrite = action === "create" || action === "update" || action === "delete" || action === "deactivate";
    if (isWrite && error instanceof TargetUnusableError && error.fault === "credentials") {
      const { state } = reconciliation.stored.link;
      await save(reconciliation, "notSent", transitionOf(state, "notSent"));
    }
    throw error;
  }
}

async function save(reconciliation: Reconciliation, event: LinkEvent, transition: Transition): Promise<void> {
  const { context, key, stored } = reconciliation;
  const next = nextLink(reconciliation, event, transition);
  if (isSameLink(stored.link, next)) return;
  if (transition.watch === true) await watch(reconciliation);
  try {
    reconciliation.stored = await context.links.save(key, stored, next);
  } catch (error) {
    // Another process wrote it meanwhile, so it is unknown which of the two requests came last.
    if (isPreconditionFailed(error) && reconciliation.writes > 0) await context.links.doubt(key);
    throw error;
  }
  if (next.state === "linked") await context.watches.end(key);
}

/** A resource that was not found may still appear: it is looked up until it does, for 30 days. */
async function watch({ context, key, stored, object, objects }: Reconciliation): Promise<void> {
  const { link } = stored;
  const { intent, told, sent } = link;
  const known = sent === undefined || sent === "unknown" ? told : sent;
  await context.watches.begin({
    ...key,
    keys: intent?.matchKeys ?? matchKeysOf(objects, known ?? {}),
    cause: link.state === "creating" ? "unknown create" : "unproven 404",
    label: object.label ?? link.label ?? key.id,
    since: context.now(),
  });
}

/** Whatever the order of their fields: a link that was read has that of its schema. */
function isSameLink(left: Link, right: Link): boolean {
  return valueKey(left) === valueKey(right);
}

function didOf(before: Link, { stored, writes }: Reconciliation): Did {
  const { link } = stored;
  const { state } = link;
  if (link === ABSENT) return writes > 0 || before.state === "deleting" ? "deleted" : "nothing";
  if (state === "detached") return before.state === "detached" ? "nothing" : "unlinked";
  if (state === "kept") return before.state === "kept" ? "nothing" : "kept";
  if (state === "deactivated") return writes > 0 ? "deactivated" : "nothing";
  const isCreated = link.bornAt !== undefined && link.bornAt !== before.bornAt;
  if (isCreated && link.remoteId !== before.remoteId) return "created";
  const isNew = before.remoteId === undefined && link.remoteId !== undefined;
  if (isNew) return link.origin === "adopted" ? "adopted" : "created";
  return writes === 0 ? "nothing" : "updated";
}
