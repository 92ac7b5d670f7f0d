import { wasOvertaken } from "./link-repository.ts";
import { type Connection, type ProviderContext, reconcileContext } from "./provider-context.ts";
import { isSettled, type Outcome, objectStateFor, reconcile } from "./reconcile.ts";
import type { Target } from "./target.ts";
import type { TraceStep } from "./trace.ts";

const ATTEMPTS = 3;

/** Looks at one object now: claims its link, reads the object, and makes the remote what it should be. */
export async function lookAt(
  context: ProviderContext,
  connection: Connection,
  looked: { readonly target: Target; readonly id: string; readonly trace?: (step: TraceStep) => void },
): Promise<Outcome> {
  const { target, id, trace } = looked;
  return context.lock.run([`${target.type.name}/${id}`], async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await lookOnce(context, connection, { target, id, ...(trace === undefined ? {} : { trace }) });
      } catch (error) {
        if (!wasOvertaken(error) || attempt >= ATTEMPTS) throw error;
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
  const outcome = await reconcile(reconcileContext(context, connection, target), id, {
    object: state,
    stored,
    ...(looked.trace === undefined ? {} : { trace: looked.trace }),
  });
  await followUp(context, target, { before: stored.link.state, remoteId: stored.link.remoteId, outcome });
  return outcome;
}

/** A remote resource that is gone, new, or back took its memberships with it, or has none yet. */
async function followUp(
  context: ProviderContext,
  target: Target,
  change: { readonly before: string; readonly remoteId: string | undefined; readonly outcome: Outcome },
): Promise<void> {
  const { before, remoteId, outcome } = change;
  const { link, id } = outcome;
  const isReplaced = remoteId !== undefined && link.remoteId !== remoteId;
  const isBack = before === "deactivated" && link.state === "linked";
  if (!isReplaced && !isBack) return;
  await context.rows.forgetMember(id);
  if (target === undefined || !isReplaced) return;
  if (target.type.name === "Group") await context.rows.forgetGroup(id);
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
  readonly errors: ReadonlyMap<string, unknown>;
}

/** Reads a page's objects and links at once, to find those that need a look. */
export async function readPage(context: ProviderContext, target: Target, ids: readonly string[]): Promise<PageReading> {
  const objects = await target.read(ids);
  const links = await context.links.getAll(target.type.name, ids);
  const present: string[] = [];
  const leaving: string[] = [];
  const waiting: string[] = [];
  const errors = new Map<string, unknown>();
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
      errors.set(object.id, error);
    }
  }
  return { present, leaving, waiting, errors };
}
