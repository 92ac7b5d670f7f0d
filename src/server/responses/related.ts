import type { ResourceType } from "../../schema/attributes/definition.ts";
import { needsAttribute, type Projection } from "../../schema/resources/project.ts";
import type { GroupRef, MemberRef } from "../../storage/member-storage.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { groupsAttribute, keepsMembersApart } from "../writes/membership.ts";

/** A stored resource, and how a response shows it. */
export interface Shown {
  readonly part: { readonly type: ResourceType; readonly projection: Projection };
  readonly resource: StoredResource;
  /** What is not looked up, though the projection shows it. */
  readonly leftOut?: readonly ("groups" | "members")[];
}

/** Members of a group in the first page that is read, and in each later one at most. */
const FIRST_MEMBERS = 250;
const MOST_MEMBERS = 1000;
/** About as many characters of members are read at once. */
const MEMBER_CHARACTERS = 1_000_000;

/** The groups of these resources, where the response shows them. */
export async function groupsOfAll(
  requestContext: RequestContext,
  all: readonly Shown[],
): Promise<ReadonlyMap<string, readonly GroupRef[]>> {
  const { members } = requestContext.context.resources;
  const ids = members === undefined ? [] : all.filter(showsGroups).map(({ resource }) => resource.id);
  if (members === undefined || ids.length === 0) return new Map();
  return members.groupsOf(requestContext.principal.tenant, ids, { work: requestContext.work });
}

function showsGroups({ part, leftOut }: Shown): boolean {
  if (leftOut?.includes("groups") === true || groupsAttribute(part.type) === undefined) return false;
  return needsAttribute(part.projection, "groups");
}

/** A page of a group's members. */
export interface MembersRead {
  readonly members: readonly MemberRef[];
  readonly isLast: boolean;
}

/** Whether the response shows members that the storage keeps apart. */
export function showsMembers({ context }: RequestContext, { part, leftOut }: Shown): boolean {
  if (leftOut?.includes("members") === true) return false;
  return keepsMembersApart(context.resources, part.type) && needsAttribute(part.projection, "members");
}

/** The members of a group in pages, of which there is at least one. */
export async function* memberPages(
  requestContext: RequestContext,
  { part, resource }: Shown,
): AsyncGenerator<MembersRead> {
  const { members: storage } = requestContext.context.resources;
  const partition = partitionOf(requestContext, part.type);
  let after: string | undefined;
  let take = FIRST_MEMBERS;
  do {
    const { members, next } = (await storage?.page(partition, resource.id, { take, after })) ?? { members: [] };
    yield { members, isLast: next === undefined };
    // A label can be long. The next page is smaller if those of this one are.
    const average = charactersOf(members) / Math.max(1, members.length);
    take = Math.max(1, Math.min(MOST_MEMBERS, Math.floor(MEMBER_CHARACTERS / average)));
    after = next;
  } while (after !== undefined);
}

/** About the number of characters that groups or members have in a response. */
export function charactersOf(refs: readonly (GroupRef | MemberRef)[]): number {
  let characters = 0;
  for (const { value, display } of refs) characters += 120 + 2 * value.length + (display?.length ?? 0);
  return characters;
}
