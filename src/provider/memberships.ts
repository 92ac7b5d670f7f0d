import type { Directory } from "../directory/directory.ts";
import { compareUtf8 } from "../schema/utf8-order.ts";
import { allMembers } from "./all-members.ts";
import type { LinkRepository } from "./link-repository.ts";
import type { MembershipRow, MembershipRows } from "./membership-rows.ts";
import { type RemoteOperation, type RemoteResources, send } from "./remote.ts";

const PAGE = 500;

/** What pushing memberships needs of its provider. */
export interface MembershipContext {
  readonly directory: Directory;
  readonly links: LinkRepository;
  readonly rows: MembershipRows;
  readonly groups: RemoteResources;
  /** Whether memberships go by PATCH; otherwise the whole group is read, merged and PUT. */
  readonly patches: boolean;
  /** How a member is taken out by PATCH. */
  readonly removal: "filter" | "value";
  /** Most members in one PATCH. */
  readonly chunk: number;
}

/** What is to be done about one group's memberships. */
export interface MembershipPlan {
  readonly add: readonly MembershipRow[];
  readonly remove: readonly MembershipRow[];
  /** Members without a link yet: remembered, not sent. */
  readonly defer: readonly MembershipRow[];
  /** Rows whose member is gone at the service provider: forgotten, not sent. */
  readonly drop: readonly MembershipRow[];
}

/** What became of it. */
export interface MembershipOutcome {
  readonly added: number;
  readonly removed: number;
  readonly deferred: number;
  readonly writes: number;
  /** Members that the service provider refused, by their directory ids. */
  readonly refused: readonly string[];
  readonly error: unknown;
}

/** Joins the directory's members of a group with the rows of what was pushed; both come in the order of ids. */
export async function planMemberships(context: MembershipContext, groupId: string): Promise<MembershipPlan> {
  const plan = {
    add: [] as MembershipRow[],
    remove: [] as MembershipRow[],
    defer: [] as MembershipRow[],
    drop: [] as MembershipRow[],
  };
  const rows = context.rows.ofGroup(groupId);
  let row = await nextRow(rows);
  for await (const members of memberPages(context.directory, groupId)) {
    const remoteIds = await remoteIdsOf(context.links, members);
    for (const [memberId, remoteId] of remoteIds) {
      while (row !== undefined && compareUtf8(row.memberId, memberId) < 0) {
        leave(plan, row);
        row = await nextRow(rows);
      }
      const known = row?.memberId === memberId ? row : undefined;
      if (known !== undefined) row = await nextRow(rows);
      enter(plan, { groupId, memberId, remoteId, known });
    }
  }
  for (; row !== undefined; row = await nextRow(rows)) leave(plan, row);
  return plan;
}

/** The same for one member: a question to the directory and one row, however large the group is. */
export async function planMember(
  context: MembershipContext,
  groupId: string,
  memberId: string,
): Promise<MembershipPlan> {
  const plan = {
    add: [] as MembershipRow[],
    remove: [] as MembershipRow[],
    defer: [] as MembershipRow[],
    drop: [] as MembershipRow[],
  };
  const isMember = (await context.directory.hasMembers(groupId, [memberId])).has(memberId);
  const known = (await context.rows.find(groupId, [memberId])).get(memberId);
  if (!isMember) {
    if (known !== undefined) leave(plan, known);
    return plan;
  }
  const [user, group] = await Promise.all(["User", "Group"].map((type) => context.links.get({ type, id: memberId })));
  enter(plan, { groupId, memberId, remoteId: memberIdOf(user?.link) ?? memberIdOf(group?.link), known });
  return plan;
}

async function nextRow(rows: AsyncGenerator<MembershipRow>): Promise<MembershipRow | undefined> {
  const { done, value } = await rows.next();
  return done === true ? undefined : value;
}

type Lists = { readonly [K in keyof MembershipPlan]: MembershipRow[] };

/** A member of the directory's group: to be added, or there already, or waiting for its link. */
function enter(
  plan: Lists,
  member: { groupId: string; memberId: string; remoteId: string | undefined; known: MembershipRow | undefined },
): void {
  const { groupId, memberId, remoteId, known } = member;
  if (remoteId === undefined) {
    if (known?.status !== "deferred")
      plan.defer.push({ groupId, memberId, remoteMemberId: undefined, status: "deferred" });
    return;
  }
  if (known?.status === "present" && known.remoteMemberId === remoteId) return;
  plan.add.push({ groupId, memberId, remoteMemberId: remoteId, status: "adding" });
}

/** A row whose member is in the directory's group no more. */
function leave(plan: Lists, row: MembershipRow): void {
  if (row.remoteMemberId === undefined) plan.drop.push(row);
  else plan.remove.push({ ...row, status: "removing" });
}

async function* memberPages(directory: Directory, groupId: string): AsyncGenerator<{ value: string; type: string }[]> {
  let after: string | undefined;
  do {
    const page = await directory.members(groupId, after === undefined ? { take: PAGE } : { take: PAGE, after });
    yield [...page.members];
    after = page.next;
  } while (after !== undefined);
}

/** The remote ids of members in their order; undefined for one that is not linked. */
async function remoteIdsOf(
  links: LinkRepository,
  members: readonly { value: string; type: string }[],
): Promise<[string, string | undefined][]> {
  const found = new Map<string, string | undefined>();
  for (const type of ["User", "Group"]) {
    const ids = members.filter((member) => member.type === type).map((member) => member.value);
    const stored = ids.length === 0 ? [] : await links.getAll(type, ids);
    for (const [index, id] of ids.entries()) found.set(id, memberIdOf(stored[index]?.link));
  }
  return members.map((member) => [member.value, found.get(member.value)]);
}

function memberIdOf(link: { state: string; remoteId?: string } | undefined): string | undefined {
  return link?.state === "linked" || link?.state === "updating" ? link.remoteId : undefined;
}

/** Does what a plan says: rows first, then the request, then the rows again. A crash in between repeats, and repeats do no harm. */
export async function applyMemberships(
  context: MembershipContext,
  remoteGroupId: string,
  plan: MembershipPlan,
): Promise<MembershipOutcome> {
  const total = { added: 0, removed: 0, writes: 0, refused: [] as string[], error: undefined as unknown };
  await context.rows.write(plan.defer, plan.drop);
  // What is added first is there when the last of the others goes.
  const batches = context.patches
    ? [...chunks(plan.add, context.chunk), ...chunks(plan.remove, context.chunk)]
    : [[...plan.add, ...plan.remove]].filter((batch) => batch.length > 0);
  for (const batch of batches) {
    await context.rows.write(batch, []);
    const result = await pushBatch(context, remoteGroupId, batch, total);
    if (result === undefined) continue;
    total.error = result;
    break;
  }
  return { ...total, deferred: plan.defer.length };
}

type Total = { added: number; removed: number; writes: number; refused: string[]; error: unknown };

/** Sends a batch; one that is refused is cut in halves until the one to blame is found. Returns what stops the rest. */
async function pushBatch(
  context: MembershipContext,
  remoteGroupId: string,
  batch: readonly MembershipRow[],
  total: Total,
): Promise<unknown> {
  total.writes += 1;
  const result = await send(() => sendBatch(context, remoteGroupId, batch));
  if (result.event === "succeeded") {
    const added = batch.filter((row) => row.status === "adding");
    const removed = batch.filter((row) => row.status === "removing");
    await context.rows.write(
      added.map((row) => ({ ...row, status: "present" as const })),
      removed,
    );
    total.added += added.length;
    total.removed += removed.length;
    return undefined;
  }
  if (result.event !== "refused" || !context.patches) return result.error;
  if (batch.length === 1) {
    total.refused.push(...batch.map((row) => row.memberId));
    return undefined;
  }
  const middle = Math.ceil(batch.length / 2);
  return (
    (await pushBatch(context, remoteGroupId, batch.slice(0, middle), total)) ??
    (await pushBatch(context, remoteGroupId, batch.slice(middle), total))
  );
}

async function sendBatch(
  context: MembershipContext,
  remoteGroupId: string,
  batch: readonly MembershipRow[],
): Promise<void> {
  if (!context.patches) return putMembers(context, remoteGroupId, batch);
  await context.groups.patch(remoteGroupId, operationsOf(context, batch));
}

function operationsOf(context: MembershipContext, batch: readonly MembershipRow[]): RemoteOperation[] {
  const valuesOf = (status: string) =>
    batch.filter((row) => row.status === status).map((row) => ({ value: row.remoteMemberId }));
  const [add, remove] = [valuesOf("adding"), valuesOf("removing")];
  return [
    ...(add.length === 0 ? [] : [{ op: "add" as const, path: "members", value: add }]),
    ...(remove.length === 0
      ? []
      : context.removal === "value"
        ? [{ op: "remove" as const, path: "members", value: remove }]
        : remove.map(({ value }) => ({ op: "remove" as const, path: `members[value eq ${JSON.stringify(value)}]` }))),
  ];
}

/** (remote − ours) ∪ desired, so that members which somebody else added stay. */
async function putMembers(
  context: MembershipContext,
  remoteGroupId: string,
  batch: readonly MembershipRow[],
): Promise<void> {
  const remote = await context.groups.get(remoteGroupId);
  const removed = new Set(batch.filter((row) => row.status === "removing").map((row) => row.remoteMemberId));
  const members = await allMembers(context.rows, batch[0]?.groupId ?? "", remote);
  const kept = members.filter((member) => !removed.has(member.value));
  const present = new Set<string | undefined>(kept.map((member) => member.value));
  const added = batch
    .filter((row) => row.status === "adding" && !present.has(row.remoteMemberId))
    .map((row) => ({ value: row.remoteMemberId }));
  const { id: _, meta: __, ...rest } = remote;
  await context.groups.replace(remoteGroupId, { ...rest, members: [...kept, ...added] });
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < list.length; start += size) result.push(list.slice(start, start + size));
  return result;
}
