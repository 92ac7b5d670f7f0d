import type { ProviderContext } from "../context/provider-context.ts";
import type { LinkStep } from "../links/trace.ts";
import type { MembershipOutcome } from "../memberships/send.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { pushMembershipsOf, pushOneMember } from "../reconcile/push-memberships.ts";
import type { Outcome } from "../reconcile/reconcile.ts";
import { syncObject } from "../reconcile/sync-object.ts";
import { knownLabel } from "./known-label.ts";
import { reporterOf } from "./report.ts";

/** The result of syncing one object. */
export type SyncedObject = Pick<
  Outcome,
  "id" | "label" | "did" | "code" | "reason" | "error" | "request" | "writes" | "attributes"
> & {
  readonly trace: readonly LinkStep[];
  readonly memberships: MembershipOutcome | undefined;
};

/** Syncs one user now, and its memberships. */
export async function syncUser(context: ProviderContext, id: string): Promise<SyncedObject> {
  await context.scope.check();
  return syncOne(context, context.users, id, () => pushMembershipsOfMember(context, id));
}

/** Syncs one group now, and all its memberships. */
export function syncGroup(context: ProviderContext, id: string): Promise<SyncedObject> {
  return syncOne(context, context.groups, id, () => pushMembershipsOf(context, id));
}

async function syncOne(
  context: ProviderContext,
  objects: ObjectType,
  id: string,
  push: () => Promise<MembershipOutcome | undefined>,
): Promise<SyncedObject> {
  const trace: LinkStep[] = [];
  const reporter = reporterOf(context);
  try {
    const outcome = await syncObject(context, { objects, id, trace: (step) => void trace.push(step) });
    await reporter.object?.(objects, outcome, { isHeld: false });
    const memberships = await push();
    if (memberships !== undefined) {
      await reporter.memberships?.(id, { ...memberships, label: outcome.label });
    }
    const { label, did, code, reason, error, request, writes, attributes } = outcome;
    return { id, label, did, code, reason, error, request, writes, attributes, trace, memberships };
  } catch (error) {
    await reporter.unjudged?.(objects, { id, label: await knownLabel(context, objects, id), error });
    throw error;
  }
}

/** The groups of a user in the directory, and the groups into which it was pushed before. */
async function pushMembershipsOfMember(context: ProviderContext, id: string): Promise<MembershipOutcome | undefined> {
  const inDirectory = (await context.directory.groupsOf([id])).get(id) ?? [];
  const groups = new Set([...inDirectory, ...(await context.rows.groupsOf(id))]);
  let total: MembershipOutcome | undefined;
  for (const groupId of groups) total = together(total, await pushOneMember(context, groupId, id));
  return total;
}

function together(
  left: MembershipOutcome | undefined,
  right: MembershipOutcome | undefined,
): MembershipOutcome | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return {
    added: left.added + right.added,
    removed: left.removed + right.removed,
    deferred: left.deferred + right.deferred,
    writes: left.writes + right.writes,
    refused: [...left.refused, ...right.refused],
    isGone: left.isGone || right.isGone,
    error: left.error ?? right.error,
    request: left.request ?? right.request,
  };
}
