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

/** Syncs one object now: claims its link, reads the object, and makes the remote resource what it should be. */
export async function syncObject(context: ProviderContext, work: ObjectToSync): Promise<Outcome> {
  const { objects, id } = work;
  const { name } = objects.type;
  // A PUT of a group carries its members, so nobody else may be changing them.
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
  // The link before the object: what is read later can only be newer.
  const stored = await context.links.get({ type: objects.type.name, id });
  const [read] = await objects.read([id]);
  if (read === undefined) throw new TypeError("The directory returned no result for an id");
  const object = await objectStateFor(read, stored.link);
  const before = stored.link;
  // Before the link says that it is back: a crash must not leave memberships that only seem to be there.
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

/** States from which an application may have dropped somebody's memberships. */
const RETURNS: ReadonlySet<string> = new Set(["deactivated", "kept", "detached"]);

/** What one bulk reading of a page's objects and links says. Whatever is in none of the lists is settled. */
export interface PageReading {
  /** In scope, and not as it should be. */
  readonly present: readonly string[];
  /** Out of scope, with a link that does not say so yet. */
  readonly leaving: readonly string[];
  /** Settled, but for a reference to what the application does not have yet. */
  readonly waiting: readonly string[];
  /** What cannot be judged, and why. */
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
