import type { Directory, DirectoryMember } from "../../directory/directory.ts";
import { DirectoryUnsoundError, nextOf } from "../../directory/directory-pages.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import type { Link } from "../links/link.ts";
import type { LinkRepository } from "../links/link-repository.ts";
import type { MembershipRow, MembershipRows } from "./rows.ts";

const PAGE = 500;

/** What planning memberships needs of its provider. */
export interface MembershipPlanContext {
  readonly directory: Directory;
  readonly links: LinkRepository;
  readonly rows: MembershipRows;
}

/** A group whose memberships are synced. */
export interface GroupHere {
  /** The directory's id. */
  readonly id: string;
  /** Undefined if the application does not have the group. */
  readonly remoteId: string | undefined;
}

/** What to do with the memberships of one group. */
export interface MembershipPlan {
  readonly add: readonly MembershipRow[];
  readonly remove: readonly MembershipRow[];
  /** Members without a link yet: stored, not sent. */
  readonly defer: readonly MembershipRow[];
  /** Rows whose member no longer exists at the service provider: removed, not sent. */
  readonly drop: readonly MembershipRow[];
}

type Lists = { readonly [K in keyof MembershipPlan]: MembershipRow[] };

/** Joins the directory's members of a group with the rows of what was pushed; both are in the order of ids. */
export async function planMemberships(context: MembershipPlanContext, group: GroupHere): Promise<MembershipPlan> {
  const plan: Lists = { add: [], remove: [], defer: [], drop: [] };
  const rows = context.rows.ofGroup(group.id);
  let row = await nextRow(rows);
  for await (const members of memberPages(context.directory, group.id)) {
    for (const [memberId, link] of await linksOf(context.links, members)) {
      while (row !== undefined && compareUtf8(row.memberId, memberId) < 0) {
        leave(plan, group, row);
        row = await nextRow(rows);
      }
      const known = row?.memberId === memberId ? row : undefined;
      if (known !== undefined) row = await nextRow(rows);
      enter(plan, group, { memberId, link, known });
    }
  }
  for (; row !== undefined; row = await nextRow(rows)) leave(plan, group, row);
  return confirmed(context, group, plan);
}

/** The same for one member: one look-up in the directory and one row, however large the group is. */
export async function planMember(
  context: MembershipPlanContext,
  group: GroupHere,
  memberId: string,
): Promise<MembershipPlan> {
  const plan: Lists = { add: [], remove: [], defer: [], drop: [] };
  const isMember = (await context.directory.hasMembers(group.id, [memberId])).has(memberId);
  const known = (await context.rows.find(group.id, [memberId])).get(memberId);
  if (isMember) {
    const [user, asGroup] = await Promise.all(
      ["User", "Group"].map((type) => context.links.get({ type, id: memberId })),
    );
    const link = user?.version === undefined ? asGroup?.link : user.link;
    enter(plan, group, { memberId, link, known });
  } else if (known !== undefined) {
    leave(plan, group, known);
  }
  return confirmed(context, group, plan);
}

async function nextRow(rows: AsyncGenerator<MembershipRow>): Promise<MembershipRow | undefined> {
  const { done, value } = await rows.next();
  return done === true ? undefined : value;
}

/** A member of the directory's group: it must be added, or is there already, or waits for its link. */
function enter(
  plan: Lists,
  group: GroupHere,
  member: { memberId: string; link: Link | undefined; known: MembershipRow | undefined },
): void {
  const { memberId, link, known } = member;
  const remoteId = liveId(link);
  const wasPushed = known !== undefined && isOf(group, known) && known.remoteMemberId !== undefined;
  if (remoteId === undefined) {
    // A member that was pushed and is deactivated now is still in the remote group, so its row must be kept.
    if (known?.status === "deferred") return;
    if (wasPushed && (isHeld(link, known.remoteMemberId) || link?.state === "missing")) return;
    const nowhere = { remoteMemberId: undefined, remoteGroupId: undefined };
    plan.defer.push({ groupId: group.id, memberId, ...nowhere, status: "deferred" });
    return;
  }
  if (wasPushed && known.status === "present" && known.remoteMemberId === remoteId) return;
  const there = { remoteMemberId: remoteId, remoteGroupId: group.remoteId };
  plan.add.push({ groupId: group.id, memberId, ...there, status: "adding" });
}

/** A row whose member is no longer in the directory's group. */
function leave(plan: Lists, group: GroupHere, row: MembershipRow): void {
  if (row.remoteMemberId === undefined || !isOf(group, row)) plan.drop.push(row);
  else plan.remove.push({ ...row, status: "removing" });
}

/** Whether a row belongs to an earlier remote group, which was created again since. */
function isOf(group: GroupHere, row: MembershipRow): boolean {
  return row.remoteGroupId === group.remoteId;
}

/**
 * A listing does not prove that somebody left. So the directory is read again for the members that would be removed,
 * and for the group. If a member no longer exists at the service provider, its membership does not exist either.
 */
async function confirmed(context: MembershipPlanContext, group: GroupHere, plan: Lists): Promise<MembershipPlan> {
  if (plan.remove.length === 0) return plan;
  const isThere = (await context.directory.groupsById([group.id])).length > 0;
  if (!isThere) return { ...plan, remove: [] };
  const remove: MembershipRow[] = [];
  const drop = [...plan.drop];
  for (let start = 0; start < plan.remove.length; start += PAGE) {
    const rows = plan.remove.slice(start, start + PAGE);
    const ids = rows.map(({ memberId }) => memberId);
    const members = await context.directory.hasMembers(group.id, ids);
    const [users, groups] = await Promise.all(["User", "Group"].map((type) => context.links.getAll(type, ids)));
    for (const [index, row] of rows.entries()) {
      if (members.has(row.memberId)) continue;
      const links = [users?.[index]?.link, groups?.[index]?.link];
      if (links.some((link) => isHeld(link, row.remoteMemberId))) remove.push(row);
      // A missing resource may be found again, with its memberships.
      else if (links.every((link) => link?.state !== "missing")) drop.push(row);
    }
  }
  return { ...plan, remove, drop };
}

function isHeld(link: Link | undefined, remoteId: string | undefined): boolean {
  return link !== undefined && link.state !== "detached" && link.remoteId === remoteId;
}

async function* memberPages(directory: Directory, groupId: string): AsyncGenerator<DirectoryMember[]> {
  let after: string | undefined;
  let last: string | undefined;
  do {
    const page = await directory.members(groupId, after === undefined ? { take: PAGE } : { take: PAGE, after });
    const members: DirectoryMember[] = [];
    for (const member of page.members) {
      if (last !== undefined && compareUtf8(member.value, last) < 0) {
        throw new DirectoryUnsoundError(`The members of group ${groupId} do not come in the order of their ids`);
      }
      if (member.value !== last) members.push(member);
      last = member.value;
    }
    yield members;
    after = nextOf(page, after, `members of group ${groupId}`);
  } while (after !== undefined);
}

/** The links of members in their order. */
async function linksOf(
  links: LinkRepository,
  members: readonly DirectoryMember[],
): Promise<[string, Link | undefined][]> {
  const found = new Map<string, Link | undefined>();
  for (const type of ["User", "Group"]) {
    const ids = members.filter((member) => member.type === type).map((member) => member.value);
    const stored = ids.length === 0 ? [] : await links.getAll(type, ids);
    for (const [index, id] of ids.entries()) found.set(id, stored[index]?.link);
  }
  return members.map((member) => [member.value, found.get(member.value)]);
}

function liveId(link: Link | undefined): string | undefined {
  return link?.state === "linked" || link?.state === "updating" ? link.remoteId : undefined;
}
