import { InvalidValueError, NotImplementedError } from "../../errors/request-errors.ts";
import type { PendingMember } from "../../patch/pending-member.ts";
import type { MemberOutcome, MemberRef, MemberStorage, Partition, ResourceStorage } from "../../storage/storage.ts";
import { shortened } from "../../values/shortened.ts";

/** A change of memberships as a client asked for it. */
export interface PendingMemberChange {
  readonly add: readonly PendingMember[];
  readonly remove: readonly string[];
  readonly next: { readonly version: string; readonly lastModified: string };
  readonly unknown: "reject" | "accept";
  /** Where the change was worked out from what the group held at this version. */
  readonly expectedVersion?: string | undefined;
}

/** What became of it. */
export interface MembersChanged {
  readonly added: readonly MemberRef[];
  readonly removed: readonly string[];
  readonly version: string;
}

/**
 * Changes a group's members without reading them. A member without type is taken for a user, and where there is no such
 * user, for a group: most members are users, so this costs one call.
 *
 * @throws {PreconditionFailedError} when the group is not at `expectedVersion`
 * @throws {InvalidValueError} naming the ids that are no resource of the tenant, or that would make a group its own member
 */
export async function changeMembers(
  resources: ResourceStorage,
  partition: Partition,
  groupId: string,
  change: PendingMemberChange,
): Promise<MembersChanged> {
  const members = resources.members;
  if (members === undefined) throw new NotImplementedError("This storage keeps no memberships of their own");
  const { outcome, refs } = await changeResolved(members, partition, groupId, change);
  const byId = new Map(refs.map((ref) => [ref.value, ref]));
  const added = outcome.added.flatMap((id) => byId.get(id) ?? []);
  return { added, removed: outcome.removed, version: outcome.version };
}

async function changeResolved(
  members: MemberStorage,
  partition: Partition,
  groupId: string,
  change: PendingMemberChange,
): Promise<{ outcome: MemberOutcome; refs: readonly MemberRef[] }> {
  const attempt = async (refs: readonly MemberRef[], unknown: "reject" | "accept"): Promise<MemberOutcome> => {
    await refuseCycles(members, partition.tenant, groupId, refs);
    const { expectedVersion, ...rest } = change;
    const expected = expectedVersion === undefined ? {} : { expectedVersion };
    return members.change(partition, groupId, { ...rest, ...expected, add: refs, unknown });
  };
  const asUsers = change.add.map((member) => refOf(member, "User"));
  const first = await attempt(asUsers, "reject");
  if (first.unknown.length === 0) return { outcome: first, refs: asUsers };
  // Unknown members are looked for among the groups before they are refused, or accepted as users.
  const unknown = new Set(first.unknown);
  const asGroups = change.add.map((member) => refOf(member, unknown.has(member.value) ? "Group" : "User"));
  const second = await attempt(asGroups, "reject");
  if (second.unknown.length === 0) return { outcome: second, refs: asGroups };
  if (change.unknown === "reject") throw unknownMembers(second.unknown);
  const nowhere = new Set(second.unknown);
  const accepted = asGroups.map((ref, index) => (nowhere.has(ref.value) ? (asUsers[index] ?? ref) : ref));
  return { outcome: await attempt(accepted, "accept"), refs: accepted };
}

async function refuseCycles(
  members: MemberStorage,
  tenant: string,
  groupId: string,
  refs: readonly MemberRef[],
): Promise<void> {
  const groups = refs.filter((ref) => ref.type === "Group");
  if (groups.length === 0) return;
  const above = await members.groupsOf(tenant, [groupId]);
  const ancestors = new Set((above.get(groupId) ?? []).map((group) => group.value));
  const cyclic = groups.filter((group) => group.value === groupId || ancestors.has(group.value));
  if (cyclic.length === 0) return;
  const ids = list(cyclic.map((ref) => ref.value));
  throw new InvalidValueError(`members: a group cannot be its own member, directly or through other groups: ${ids}`, {
    attribute: "members",
  });
}

function unknownMembers(ids: readonly string[]): InvalidValueError {
  return new InvalidValueError(`members: no such user or group: ${list(ids)}`, { attribute: "members" });
}

/** The first few ids: an error names them, it does not repeat a request. */
function list(ids: readonly string[]): string {
  const shown = ids
    .slice(0, 10)
    .map((id) => shortened(id, 64))
    .join(", ");
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}

function refOf(member: PendingMember, fallback: "User" | "Group"): MemberRef {
  return {
    value: member.value,
    type: member.type ?? fallback,
    ...(member.display === undefined ? {} : { display: member.display }),
  };
}
