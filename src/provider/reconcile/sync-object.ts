import { isPreconditionFailed } from "../../errors/scim-error.ts";
import type { ProviderContext } from "../context/provider-context.ts";
import type { LinkStep } from "../links/trace.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { isSettled, type Outcome, objectStateFor, reconcile } from "./reconcile.ts";

const ATTEMPTS = 3;

/** The object, and the callback for each step. */
export interface ObjectToSync {
  readonly objects: ObjectType;
  readonly id: string;
  readonly trace?: ((step: LinkStep) => void) | undefined;
}

/** Syncs one object now: claims its link, reads the object, and brings the remote resource into its desired state. */
export async function syncObject(context: ProviderContext, work: ObjectToSync): Promise<Outcome> {
  const { objects, id } = work;
  const { name } = objects.type;
  // A PUT of a group contains its members, so nobody else may change them meanwhile.
  const alsoMembers = objects === context.groups ? [`Members/${id}`] : [];
  return context.lock.run([`${name}/${id}`, ...alsoMembers], async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await syncOnce(context, work);
      } catch (error) {
        if (!isPreconditionFailed(error) || attempt >= ATTEMPTS) throw error;
      }
    }
  });
}

async function syncOnce(context: ProviderContext, { objects, id, trace }: ObjectToSync): Promise<Outcome> {
  // The link is read before the object, so that the object can only be newer.
  const stored = await context.links.get({ type: objects.type.name, id });
  const [read] = await objects.read([id]);
  if (read === undefined) throw new TypeError("The directory returned no result for an id");
  const object = await objectStateFor(read, stored.link);
  const before = stored.link;
  // Done before the link says that the object is back: after a crash, memberships must not look pushed if they are not.
  if (object.inScope && RETURNS.has(before.state)) await context.rows.pushAgain(id);
  const outcome = await reconcile(context, { objects, id, object, stored, trace });
  const wasRevived = before.remoteId === undefined && outcome.link.remoteId === before.formerId;
  if (before.remoteId !== undefined && outcome.link.remoteId !== before.remoteId) {
    await context.rows.forgetMember(id);
    if (objects === context.groups) await context.rows.forgetGroup(id);
  } else if (before.formerId !== undefined && wasRevived) {
    await context.rows.pushAgain(id);
  }
  return outcome;
}

/** States in which an application may have dropped the memberships of an object. */
const RETURNS: ReadonlySet<string> = new Set(["deactivated", "kept", "detached"]);

/** The result of reading a page's objects and links at once. Objects in none of the lists are settled. */
export interface PageReading {
  /** In scope, but not as they should be. */
  readonly present: readonly string[];
  /** Out of scope, but the link does not say so yet. */
  readonly leaving: readonly string[];
  /** Settled, except for a reference to a resource that the application does not have yet. */
  readonly waiting: readonly string[];
  /** Objects that cannot be judged, and why. */
  readonly errors: readonly { readonly id: string; readonly label: string; readonly error: unknown }[];
}

/** Reads a page's objects and links at once, to find those that have to be synced. */
export async function readPage(
  context: ProviderContext,
  objects: ObjectType,
  ids: readonly string[],
): Promise<PageReading> {
  const read = await objects.read(ids);
  const links = await context.links.getAll(objects.type.name, ids);
  const present: string[] = [];
  const leaving: string[] = [];
  const waiting: string[] = [];
  const errors: { id: string; label: string; error: unknown }[] = [];
  for (const [index, object] of read.entries()) {
    const link = links[index]?.link;
    if (link === undefined) continue;
    try {
      const state = await objectStateFor(object, link);
      if (isSettled(objects, link, state, context.scope.revision)) {
        if (state.inScope && state.isWaiting) waiting.push(object.id);
      } else if (state.inScope) present.push(object.id);
      else leaving.push(object.id);
    } catch (error) {
      errors.push({ id: object.id, label: object.label ?? object.id, error });
    }
  }
  return { present, leaving, waiting, errors };
}
