import { nextOf } from "../../directory/directory-pages.ts";
import { nameWithId } from "../../directory/object-name.ts";
import type { ProviderContext } from "../context/provider-context.ts";
import { type Pushed, pushMembershipsOf } from "../reconcile/push-memberships.ts";
import { TargetUnusableError } from "../remote/classify.ts";
import type { RunPosition } from "../runs/run.ts";
import { knownLabel } from "./known-label.ts";
import { codeOf, InterruptedError, reasonOf, recorded, type SyncWork } from "./sync-work.ts";
import { counted, failureOf, NO_TALLY, sumOf, type Tally } from "./tally.ts";

/**
 * The memberships of all groups, group by group; each page of groups is one write of the run. `resumed`: where the process
 * ended whose run this one goes on with.
 */
export async function membershipsPhase(work: SyncWork, resumed: RunPosition | undefined): Promise<void> {
  const { context, signal, run } = work;
  const { directory, settings } = context;
  let after: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await directory.groups({ after, take: settings.pageSize, idsOnly: true });
    const ids = page.objects.map(({ id }) => id);
    const tally = await recorded(work, "memberships", () => pushPage(work, ids));
    after = nextOf(page, after, "groups");
    const position: RunPosition = after === undefined ? { phase: "sweep" } : { phase: "memberships", after };
    // A sweep that was under way goes on from where it ended.
    await run.advance("memberships", tally, resumed?.phase === "sweep" ? undefined : position);
  } while (after !== undefined);
}

async function pushPage(work: SyncWork, ids: readonly string[]): Promise<Tally> {
  let tally = NO_TALLY;
  for (const id of ids) {
    if (work.signal?.aborted === true) throw new InterruptedError(tally, work.signal.reason);
    try {
      tally = sumOf(tally, await pushGroup(work, id));
    } catch (error) {
      if (error instanceof TargetUnusableError) throw new InterruptedError(tally, error);
      const { groups } = work.context;
      const label = await knownLabel(work.context, groups, id);
      await work.reporter.unjudged?.(groups, { id, label, error });
      const failure = { type: groups.type.name, id, label, code: codeOf(error), reason: reasonOf(error) };
      tally = sumOf(tally, failureOf(failure));
    }
    await work.run.keepAlive();
    work.run.tell("memberships", tally);
  }
  return tally;
}

async function pushGroup(work: SyncWork, id: string): Promise<Tally> {
  const pushed = await pushMembershipsOf(work.context, id);
  if (pushed === undefined) return NO_TALLY;
  await work.reporter.memberships?.(id, pushed);
  return membershipTally(work.context, id, pushed);
}

async function membershipTally(context: ProviderContext, id: string, pushed: Pushed): Promise<Tally> {
  const { added, removed, deferred, writes, refused, error, label } = pushed;
  const type = context.groups.type.name;
  const failures = error === undefined ? [] : [{ type, id, label, code: codeOf(error), reason: reasonOf(error) }];
  for (const member of refused) {
    const name = nameWithId(member, await labelOfMember(context, member));
    failures.push({ type, id, label, code: "member", reason: `the application refused the member ${name}` });
  }
  const counts = { membersAdded: added, membersRemoved: removed, membersDeferred: deferred, writes };
  return sumOf(counted(counts), ...failures.map(failureOf));
}

/** The name of a member: a user, or a group in the group. */
async function labelOfMember({ links, users, groups }: ProviderContext, id: string): Promise<string | undefined> {
  for (const { type } of [users, groups]) {
    const { link } = await links.get({ type: type.name, id });
    if (link.label !== undefined) return link.label;
  }
  return undefined;
}
