import { type MembershipChange, type PendingMember, pendingMembers } from "../../patch/pending-member.ts";
import { indexOf } from "../../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../../schema/attributes/definition.ts";
import type { MemberRef } from "../../storage/member-storage.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition } from "../../storage/stored-resource.ts";
import type { Work } from "../../work/work.ts";

const PAGE = 1000;
/** The work of reading one member. */
const READ = 30;

/** The attribute that holds members, if the type has one; types of an application can have one too. */
export function membersAttribute(type: ResourceType): AttributeDefinition | undefined {
  return indexOf(type).members;
}

/** The attribute that is derived from memberships, if the type has it. */
export function groupsAttribute(type: ResourceType): AttributeDefinition | undefined {
  return indexOf(type).groups;
}

/** Whether the members of this type's resources are rows of the storage rather than part of the resource. */
export function keepsMembersApart(resources: ResourceStorage, type: ResourceType): boolean {
  return resources.members !== undefined && membersAttribute(type) !== undefined;
}

/**
 * All members of a group. Memory grows with the group, so that only code that shows or compares all members calls this.
 */
export async function readAllMembers(
  resources: ResourceStorage,
  partition: Partition,
  { groupId, work }: { readonly groupId: string; readonly work: Work },
): Promise<MemberRef[]> {
  const all: MemberRef[] = [];
  if (resources.members === undefined) return all;
  let after: string | undefined;
  do {
    const page = await resources.members.page(partition, groupId, { take: PAGE, after });
    work.spend(page.members.length * READ, "reading members");
    await work.pause();
    for (const member of page.members) all.push(member);
    after = page.next;
  } while (after !== undefined);
  return all;
}

/** Takes the members out of a resource's attributes. */
export function withoutMembers(attributes: Readonly<Record<string, unknown>>): {
  attributes: Record<string, unknown>;
  members: readonly PendingMember[];
} {
  const { members, ...rest } = attributes;
  return { attributes: rest, members: Array.isArray(members) ? pendingMembers(members) : [] };
}

/** The difference between two sets of members; undefined if they are equal. */
export function membershipDifference(
  before: readonly MemberRef[],
  after: readonly PendingMember[],
): MembershipChange | undefined {
  const had = new Set(before.map((member) => member.value));
  const has = new Set(after.map((member) => member.value));
  const add = uniqueByValue(after.filter((member) => !had.has(member.value)));
  const remove = before.filter((member) => !has.has(member.value)).map((member) => member.value);
  return add.length === 0 && remove.length === 0 ? undefined : { add, remove };
}

/** Each member once, as it was named first. */
export function uniqueByValue(members: readonly PendingMember[]): readonly PendingMember[] {
  return [...new Map(members.toReversed().map((member) => [member.value, member])).values()].toReversed();
}
