import type { GuardOptions } from "../connection/guard-options.ts";
import type { ProviderContext } from "../connection/provider-context.ts";
import { absenceOf } from "../objects/deprovisioning.ts";
import type { Target } from "../objects/target.ts";
import { objectStateFor } from "../reconcile/reconcile.ts";

/** An object that is to be removed, or may be: it was not listed, or was found out of scope. */
export interface Candidate {
  readonly target: Target;
  readonly id: string;
}

const BATCH = 100;

/**
 * Which of the candidates would be deleted or deactivated, as they are now. Each is read by its id: that a listing lacked
 * it proves nothing.
 */
export async function destructiveAmong(
  context: ProviderContext,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<Candidate>> {
  const destructive = new Set<Candidate>();
  for (const target of new Set(candidates.map((candidate) => candidate.target))) {
    const own = candidates.filter((candidate) => candidate.target === target);
    for (let start = 0; start < own.length; start += BATCH) {
      const batch = own.slice(start, start + BATCH);
      const ids = batch.map(({ id }) => id);
      const objects = await target.read(ids);
      const links = await context.links.getAll(target.type.name, ids);
      for (const [index, candidate] of batch.entries()) {
        const [object, stored] = [objects[index], links[index]];
        if (object === undefined || stored === undefined) continue;
        // What cannot be judged is not touched, so it removes nothing.
        const state = await objectStateFor(object, stored.link).catch(() => undefined);
        if (state === undefined || state.inScope) continue;
        const absence = absenceOf(target, stored.link, { state, scopeRevision: context.scope.revision });
        if (absence?.action === "delete" || absence?.action === "deactivate") destructive.add(candidate);
      }
    }
  }
  return destructive;
}

/** How many removals pass without a word, of so many objects that are in use. */
export function allowedRemovals(guard: Required<GuardOptions>, live: number): number {
  return Math.max(guard.minimum, Math.floor((live * guard.percent) / 100));
}
