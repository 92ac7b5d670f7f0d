import type { ProviderContext } from "../context/provider-context.ts";
import { type GroupHere, type MembershipPlan, planMember, planMemberships } from "../memberships/plan.ts";
import { applyMemberships, type MembershipOutcome } from "../memberships/send.ts";
import { syncObject } from "./sync-object.ts";

/** The result of the memberships of a group, and the name of the group. */
export type Pushed = MembershipOutcome & { readonly label: string };

/** Pushes all memberships of one group, if the group itself exists there. */
export function pushMembershipsOf(context: ProviderContext, groupId: string): Promise<Pushed | undefined> {
  return push(context, { groupId, plan: (group) => planMemberships(context.memberships, group) });
}

/** Pushes one membership that was added or removed, without reading the rest of the group. */
export function pushOneMember(
  context: ProviderContext,
  groupId: string,
  memberId: string,
): Promise<Pushed | undefined> {
  return push(context, { groupId, plan: (group) => planMember(context.memberships, group, memberId) });
}

interface Task {
  readonly groupId: string;
  readonly plan: (group: GroupHere) => Promise<MembershipPlan>;
}

/** A group that no longer exists at the application is created again, once, and gets all its members. */
async function push(context: ProviderContext, task: Task): Promise<Pushed | undefined> {
  const first = await pushOnce(context, task);
  if (first?.isGone !== true) return first;
  const { groupId } = task;
  await context.links.doubt({ type: context.groups.type.name, id: groupId });
  const { writes } = await syncObject(context, { objects: context.groups, id: groupId });
  const plan = (group: GroupHere) => planMemberships(context.memberships, group);
  const again = await pushOnce(context, { groupId, plan });
  return again === undefined ? first : { ...again, writes: first.writes + writes + again.writes };
}

async function pushOnce(context: ProviderContext, { groupId, plan }: Task): Promise<Pushed | undefined> {
  return context.lock.run([`Members/${groupId}`], async () => {
    const { link } = await context.links.get({ type: context.groups.type.name, id: groupId });
    const { state, remoteId } = link;
    if ((state !== "linked" && state !== "updating") || remoteId === undefined) return undefined;
    // Only if it is certainly in scope.
    const [object] = await context.groups.read([groupId]);
    if (object?.verdict === undefined || !("inScope" in object.verdict) || !object.verdict.inScope) return undefined;
    const group = { id: groupId, remoteId };
    const outcome = await applyMemberships(context.memberships, group, await plan(group));
    return { ...outcome, label: link.label ?? groupId };
  });
}
