import type { GuardOptions } from "../context/guard-options.ts";
import type { ProviderContext } from "../context/provider-context.ts";
import { deprovisioningOf } from "../objects/deprovisioning.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { objectStateFor } from "../reconcile/reconcile.ts";

/**
 * Which of these objects would be deleted or deactivated, as they are now. Each is read by its id, since a missing
 * entry in a listing proves nothing.
 */
export async function destructiveAmong(
  context: ProviderContext,
  objects: ObjectType,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const destructive = new Set<string>();
  const read = await objects.read(ids);
  const links = await context.links.getAll(objects.type.name, ids);
  for (const [index, id] of ids.entries()) {
    const [object, stored] = [read[index], links[index]];
    if (object === undefined || stored === undefined) continue;
    // An object that cannot be judged is not changed, so it is not a removal.
    const state = await objectStateFor(object, stored.link).catch(() => undefined);
    if (state === undefined || state.inScope) continue;
    const { cause, detail } = state;
    const facts = { cause, detail, scopeRevision: context.scope.revision };
    const action = deprovisioningOf(objects, stored.link, facts)?.action;
    if (action === "delete" || action === "deactivate") destructive.add(id);
  }
  return destructive;
}

/** How many removals are allowed without approval, for so many objects in use. */
export function allowedRemovals(guard: Required<GuardOptions>, live: number): number {
  return Math.max(guard.minimum, Math.floor((live * guard.percent) / 100));
}
