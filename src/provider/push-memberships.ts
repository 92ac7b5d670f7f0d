import { applyMemberships, type MembershipOutcome, planMember, planMemberships } from "./memberships.ts";
import type { Connection, ProviderContext } from "./provider-context.ts";

/** Pushes the memberships of one group, all of them, if the group itself is there. */
export async function pushMembershipsOf(
  context: ProviderContext,
  connection: Connection,
  groupId: string,
): Promise<(MembershipOutcome & { readonly label: string }) | undefined> {
  return context.lock.run([`Members/${groupId}`], async () => {
    const { link } = await context.links.get({ type: connection.groups.type.name, id: groupId });
    if (link.state !== "linked" || link.remoteId === undefined) return undefined;
    const plan = await planMemberships(connection.memberships, groupId);
    const outcome = await applyMemberships(connection.memberships, link.remoteId, plan);
    return { ...outcome, label: link.label ?? groupId };
  });
}

/** Pushes one membership, whether it came or went, without looking at the rest of the group. */
export async function pushOneMember(
  context: ProviderContext,
  connection: Connection,
  groupId: string,
  memberId: string,
): Promise<MembershipOutcome | undefined> {
  return context.lock.run([`Members/${groupId}`], async () => {
    const { link } = await context.links.get({ type: connection.groups.type.name, id: groupId });
    if (link.state !== "linked" || link.remoteId === undefined) return undefined;
    const plan = await planMember(connection.memberships, groupId, memberId);
    return applyMemberships(connection.memberships, link.remoteId, plan);
  });
}
