import { type GroupHere, type MembershipPlan, planMember, planMemberships } from "../memberships/plan.ts";
import { applyMemberships, type MembershipOutcome } from "../memberships/send.ts";
import type { Connection, ProviderContext } from "./provider-context.ts";
import { lookAt } from "./sync-object.ts";

/** What became of the memberships of a group, and what the group is called. */
type Pushed = MembershipOutcome & { readonly label: string };

/** Pushes the memberships of one group, all of them, if the group itself is there. */
export function pushMembershipsOf(
  context: ProviderContext,
  connection: Connection,
  groupId: string,
): Promise<Pushed | undefined> {
  return push(context, connection, { groupId, plan: (group) => planMemberships(connection.memberships, group) });
}

/** Pushes one membership, whether it came or went, without looking at the rest of the group. */
export function pushOneMember(
  context: ProviderContext,
  connection: Connection,
  groupId: string,
  memberId: string,
): Promise<Pushed | undefined> {
  return push(context, connection, { groupId, plan: (group) => planMember(connection.memberships, group, memberId) });
}

interface Task {
  readonly groupId: string;
  readonly plan: (group: GroupHere) => Promise<MembershipPlan>;
}

/** A group that turns out to be gone over there is made anew, once, and gets all its members. */
async function push(context: ProviderContext, connection: Connection, task: Task): Promise<Pushed | undefined> {
  const first = await pushOnce(context, connection, task);
  if (first?.isGone !== true) return first;
  const { groupId } = task;
  await context.links.doubt({ type: connection.groups.type.name, id: groupId });
  const { writes } = await lookAt(context, connection, { target: connection.groups, id: groupId });
  const plan = (group: GroupHere) => planMemberships(connection.memberships, group);
  const again = await pushOnce(context, connection, { groupId, plan });
  return again === undefined ? first : { ...again, writes: first.writes + writes + again.writes };
}

async function pushOnce(
  context: ProviderContext,
  connection: Connection,
  { groupId, plan }: Task,
): Promise<Pushed | undefined> {
  return context.lock.run([`Members/${groupId}`], async () => {
    const { link } = await context.links.get({ type: connection.groups.type.name, id: groupId });
    const { state, remoteId } = link;
    if ((state !== "linked" && state !== "updating") || remoteId === undefined) return undefined;
    // Only while it is surely in scope.
    const [object] = await connection.groups.read([groupId]);
    if (object?.verdict === undefined || !("inScope" in object.verdict) || !object.verdict.inScope) return undefined;
    const group = { id: groupId, remoteId };
    const outcome = await applyMemberships(connection.memberships, group, await plan(group));
    return { ...outcome, label: link.label ?? groupId };
  });
}
