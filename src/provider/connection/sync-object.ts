import { isPreconditionFailed } from "../../errors/scim-error.ts";
import type { TraceStep } from "../links/trace.ts";
import type { Target } from "../objects/target.ts";
import { isSettled, type Outcome, objectStateFor, reconcile } from "../reconcile/reconcile.ts";
import { type Connection, type ProviderContext, reconcileContext } from "./provider-context.ts";

const ATTEMPTS = 3;

/** Looks at one object now: claims its link, reads the object, and makes the remote what it should be. */
export async function lookAt(
  context: ProviderContext,
  connection: Connection,
  looked: { readonly target: Target; readonly id: string; readonly trace?: (step: TraceStep) => void },
): Promise<Outcome> {
  const { target, id, trace } = looked;
  // A PUT of a group carries its members, so nobody else may be changing them.
  const alsoMembers = target === connection.groups ? [`Members/${id}`] : [];
  return context.lock.run([`${target.type.name}/${id}`, ...alsoMembers], async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await lookOnce(context, connection, { target, id, ...(trace === undefined ? {} : { trace }) });
      } catch (error) {
        if (!isPreconditionFailed(error) || attempt >= ATTEMPTS) throw error;
      }
    }
  });
}

async function lookOnce(
  context: ProviderContext,
  connection: Connection,
  looked: { readonly target: Target; readonly id: string; readonly trace?: (step: TraceStep) => void },
): Promise<Outcome> {
  const { target, id } = looked;
  // The link before the object: what is read later can only be newer.
  const stored = await context.links.get({ type: target.type.name, id });
  const [object] = await target.read([id]);
  if (object === undefined) throw new TypeError("The directory gave no answer for an id");
  const state = await objectStateFor(object, stored.link);
  // Before the link says that it is back: a crash must not leave memberships that only seem to be there.
  if (stored.link.state === "deactivated" && state.inScope) await context.rows.pushAgain(id);
  const outcome = await reconcile(reconcileContext(context, connection, target), id, {
    object: state,
    stored,
    ...(looked.trace === undefined ? {} : { trace: looked.trace }),
  });
  const { remoteId } = stored.link;
  if (remoteId !== undefined && outcome.link.remoteId !== remoteId) {
    await context.rows.forgetMember(id);
    if (target === connection.groups) await context.rows.forgetGroup(id);
  }
  return outcome;
}

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

/** Reads a page's objects and links at once, to find those that need a look. */
export async function readPage(context: ProviderContext, target: Target, ids: readonly string[]): Promise<PageReading> {
  const objects = await target.read(ids);
  const links = await context.links.getAll(target.type.name, ids);
  const present: string[] = [];
  const leaving: string[] = [];
  const waiting: string[] = [];
  const errors: { id: string; label: string; error: unknown }[] = [];
  for (const [index, object] of objects.entries()) {
    const link = links[index]?.link;
    if (link === undefined) continue;
    try {
      const state = await objectStateFor(object, link);
      if (isSettled(link, state, context.scope.revision)) {
        if (state.inScope && state.isWaiting) waiting.push(object.id);
      } else if (state.inScope) present.push(object.id);
      else leaving.push(object.id);
    } catch (error) {
      errors.push({ id: object.id, label: object.label ?? object.id, error });
    }
  }
  return { present, leaving, waiting, errors };
}
