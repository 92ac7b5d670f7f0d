import type { RemoteResource } from "../remote/resources.ts";
import type { MembershipRows } from "./rows.ts";

/** A member as a service provider shows it. */
export interface RemoteMember {
  readonly value: string;
}

/**
 * All members of a remote group, for a PUT, which removes every member that it does not name: the members that the
 * application shows, and those that were pushed, since some applications never show members.
 */
export async function allMembers(
  rows: MembershipRows,
  groupId: string,
  remote: RemoteResource,
): Promise<RemoteMember[]> {
  const members = shownMembers(remote);
  const shown = new Set(members.map((member) => member.value));
  for await (const { remoteMemberId: value, remoteGroupId, status } of rows.ofGroup(groupId)) {
    if (status !== "present" || remoteGroupId !== remote.id || value === undefined || shown.has(value)) continue;
    shown.add(value);
    members.push({ value });
  }
  return members;
}

/** The members that the application shows; none if it shows none. */
export function shownMembers({ members }: RemoteResource): RemoteMember[] {
  if (!Array.isArray(members)) return [];
  return members.flatMap((member: unknown) =>
    typeof member === "object" && member !== null && "value" in member && typeof member.value === "string"
      ? [member as RemoteMember]
      : [],
  );
}
