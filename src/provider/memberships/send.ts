import { isScimError } from "../../errors/scim-error.ts";
import type { RemoteRequest, Sent } from "../remote/classify.ts";
import { type RemoteOperation, type RemoteResources, versionOf } from "../remote/resources.ts";
import type { UpdateMode } from "../remote/update-mode.ts";
import type { GroupHere, MembershipPlan, MembershipPlanContext } from "./plan.ts";
import { allMembers, shownMembers } from "./remote-members.ts";
import type { MembershipRow } from "./rows.ts";

const ATTEMPTS = 3;

/** What pushing memberships needs of its provider. */
export interface MembershipContext extends MembershipPlanContext {
  readonly groups: RemoteResources;
  /** Whether memberships are sent by PATCH; otherwise the whole group is read, merged and sent by PUT. */
  updateMode(): Promise<UpdateMode>;
  /** How a PATCH removes a member. */
  readonly removal: "filter" | "value";
  /** Sent as the `type` of each member that is added; none if the application does not need it. */
  readonly memberType: string | undefined;
  /** The most members in one PATCH. */
  readonly chunk: number;
}

/** The outcome. */
export interface MembershipOutcome {
  readonly added: number;
  readonly removed: number;
  readonly deferred: number;
  readonly writes: number;
  /** Members that the service provider rejected, by their directory ids. */
  readonly refused: readonly string[];
  /** Whether the group no longer exists at the service provider. */
  readonly isGone: boolean;
  readonly error: unknown;
  /** The request that failed. */
  readonly request: RemoteRequest | undefined;
}

interface Total {
  added: number;
  removed: number;
  writes: number;
  readonly refused: string[];
  isGone: boolean;
  error: unknown;
  request: RemoteRequest | undefined;
}

/**
 * Carries out a plan: writes the rows, sends the request, and writes the rows again. After a crash it is repeated,
 * which is safe.
 */
export async function applyMemberships(
  context: MembershipContext,
  group: GroupHere & { readonly remoteId: string },
  plan: MembershipPlan,
): Promise<MembershipOutcome> {
  const total: Total = {
    added: 0,
    removed: 0,
    writes: 0,
    refused: [],
    isGone: false,
    error: undefined,
    request: undefined,
  };
  await context.rows.write(plan.defer, plan.drop);
  // Members are added first, so that the group is not empty in between.
  const batches = (await context.updateMode()).patches
    ? [...chunks(plan.add, context.chunk), ...chunks(plan.remove, context.chunk)]
    : [[...plan.add, ...plan.remove]].filter((batch) => batch.length > 0);
  for (const batch of batches) {
    const begun = await context.rows.begin(batch);
    if (!(await new Push(context, group, total).batch(begun))) break;
  }
  return { ...total, deferred: plan.defer.length };
}

/** Sends the batches of one group. */
class Push {
  private readonly context: MembershipContext;
  private readonly group: GroupHere & { readonly remoteId: string };
  private readonly total: Total;

  constructor(context: MembershipContext, group: GroupHere & { readonly remoteId: string }, total: Total) {
    this.context = context;
    this.group = group;
    this.total = total;
  }

  /**
   * Sends a batch. A batch that is rejected is split in halves until the member that causes it is found. Returns
   * whether the rest can be sent.
   */
  async batch(rows: readonly MembershipRow[]): Promise<boolean> {
    const { total, context } = this;
    const result = await this.send(rows);
    if (result.event === "succeeded") {
      await this.done(rows);
      return true;
    }
    const isRefused = result.event === "refused" || (result.event === "notFound" && (await this.isThere()));
    if (!isRefused) {
      total.error = result.error;
      total.request = result.request;
      total.isGone = result.event === "notFound";
      return false;
    }
    const [row] = rows;
    if (row !== undefined && rows.length === 1) {
      if (row.status === "removing" && (await this.isOut(row, result.error))) {
        await this.done(rows);
        return true;
      }
      total.refused.push(row.memberId);
      // The member may no longer exist; its own link finds that out.
      for (const type of ["User", "Group"]) await context.links.doubt({ type, id: row.memberId });
      return true;
    }
    const middle = Math.ceil(rows.length / 2);
    return (await this.batch(rows.slice(0, middle))) && (await this.batch(rows.slice(middle)));
  }

  private async done(rows: readonly MembershipRow[]): Promise<void> {
    await this.context.rows.confirm(rows);
    for (const { status } of rows) this.total[status === "adding" ? "added" : "removed"] += 1;
  }

  private async send(rows: readonly MembershipRow[]): Promise<Sent<unknown>> {
    const { context } = this;
    let updateMode = await context.updateMode();
    for (let attempt = 1; ; attempt += 1) {
      this.total.writes += 1;
      const result = await this.sendAs(updateMode, rows);
      const learned = result.event === "unsupported" ? await context.updateMode() : updateMode;
      const isWorthIt = result.event === "precondition" || learned.patches !== updateMode.patches;
      if (!isWorthIt || attempt >= ATTEMPTS) return result;
      updateMode = learned;
    }
  }

  private async sendAs(updateMode: UpdateMode, rows: readonly MembershipRow[]): Promise<Sent<unknown>> {
    const { context, group } = this;
    if (updateMode.patches) return context.groups.patch(group.remoteId, operationsOf(context, rows));
    const read = await context.groups.get(group.remoteId);
    if (read.event !== "succeeded") return read;
    const remote = read.value;
    const { id: _, meta: __, ...rest } = remote;
    // (remote − ours) ∪ desired, so that members that somebody else added stay.
    const members = await allMembers(context.rows, group.id, remote);
    const valuesOf = (status: string) =>
      new Set(rows.filter((row) => row.status === status).map((row) => row.remoteMemberId));
    const [added, removed] = [valuesOf("adding"), valuesOf("removing")];
    const kept = members.filter(({ value }) => !removed.has(value));
    for (const { value } of kept) added.delete(value);
    const all = [...kept, ...[...added].map((value) => ({ value }))];
    const version = updateMode.versions ? versionOf(remote) : undefined;
    return context.groups.replace(group.remoteId, { ...rest, members: all }, version);
  }

  private async isThere(): Promise<boolean> {
    return (await this.context.groups.get(this.group.remoteId)).event === "succeeded";
  }

  /** Whether a member whose removal failed has been removed already. If members are not shown, nothing is known. */
  private async isOut(row: MembershipRow, error: unknown): Promise<boolean> {
    if (isScimError(error) && error.scimType === "noTarget") return true;
    const result = await this.context.groups.get(this.group.remoteId);
    if (result.event !== "succeeded" || !Array.isArray(result.value.members)) return false;
    return shownMembers(result.value).every(({ value }) => value !== row.remoteMemberId);
  }
}

function operationsOf(context: MembershipContext, batch: readonly MembershipRow[]): RemoteOperation[] {
  const valuesOf = (status: string) =>
    batch.filter((row) => row.status === status).map((row) => ({ value: row.remoteMemberId }));
  const type = context.memberType === undefined ? {} : { type: context.memberType };
  const [add, remove] = [valuesOf("adding"), valuesOf("removing")];
  return [
    ...(add.length === 0
      ? []
      : [{ op: "add" as const, path: "members", value: add.map((member) => ({ ...member, ...type })) }]),
    ...(remove.length === 0
      ? []
      : context.removal === "value"
        ? [{ op: "remove" as const, path: "members", value: remove }]
        : remove.map(({ value }) => ({ op: "remove" as const, path: `members[value eq ${JSON.stringify(value)}]` }))),
  ];
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < list.length; start += size) result.push(list.slice(start, start + size));
  return result;
}
