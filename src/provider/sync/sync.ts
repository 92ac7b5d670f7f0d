import { callSafely } from "../../observe/events.ts";
import type { ProviderContext } from "../context/provider-context.ts";
import { TargetUnusableError } from "../remote/classify.ts";
import type { Run, RunCounts, RunPhase } from "../runs/run.ts";
import { membershipsPhase } from "./memberships-phase.ts";
import { objectsPhase, secondPass } from "./objects-phase.ts";
import { sweep } from "./sweep.ts";
import { CurrentRun, reasonOf, type SyncReporter, type SyncWork } from "./sync-work.ts";

/** The progress of a run. */
export interface SyncProgress {
  readonly phase: RunPhase;
  readonly counts: RunCounts;
}

/** Options of `sync`. */
export interface SyncOptions {
  /** Called after each object and each page. Its errors and rejections are ignored. */
  readonly onProgress?: (progress: SyncProgress) => void;
  /** Lets this run delete and deactivate any number of objects, whatever the guard allows. @default false */
  readonly approveRemovals?: boolean;
  /** Ends the run after the work in progress. */
  readonly signal?: AbortSignal;
}

/** The result of a run before its state is decided. */
interface Ending {
  /** Why a mapping stopped it. */
  readonly invalid?: string | undefined;
  /** Why removals were held. */
  readonly held?: string | undefined;
  /** What ended it early. */
  readonly error?: unknown;
}

/** Brings the whole application into its desired state: every object is checked once. */
export async function syncAll(
  context: ProviderContext,
  options: SyncOptions,
  extra: { readonly reporter?: SyncReporter; readonly showsHeld?: boolean } = {},
): Promise<Run> {
  const { reporter = {}, showsHeld = false } = extra;
  const { entry, resumed } = await context.runs.begin({
    provider: context.name,
    tenant: context.tenant,
    configuration: JSON.stringify([context.scope.revision, context.settings]),
    by: context.newId(),
    now: context.now(),
  });
  const run = new CurrentRun(context, entry, (value) => tell(options, value));
  const work: SyncWork = { context, run, reporter, signal: options.signal };
  const before = context.requests.count;
  tellRun(context, run.value);
  const stopKeepingAlive = run.keepAliveMeanwhile();
  const ending = await attempt(async () => {
    await context.scope.check();
    const users = await objectsPhase(work, "users", { resumed });
    if (users.invalid === undefined) await secondPass(work, "users");
    const { live, invalid } = await objectsPhase(work, "groups", { resumed, invalid: users.invalid });
    if (invalid === undefined) {
      await secondPass(work, "groups");
      await membershipsPhase(work, resumed);
    }
    // Removals do not depend on a mapping.
    const isApproved = options.approveRemovals === true;
    const held = await sweep(work, { live: users.live + live, isApproved, showsHeld, resumed });
    if (context.requests.count === before) await context.canary.prove({ type: "User", remote: context.users.remote });
    return { invalid, held };
  });
  stopKeepingAlive();
  const { state, reason } = stateOf(ending, run.value.counts);
  const finished = await run.finish(state, reason);
  tellRun(context, finished);
  if (ending.error !== undefined) reporter.ended?.(ending.error);
  await context.runs.forgetLists(finished.id);
  await context.runs.prune(context.now());
  return finished;
}

async function attempt(work: () => Promise<Ending>): Promise<Ending> {
  try {
    return await work();
  } catch (error) {
    return { error };
  }
}

function stateOf(
  { invalid, held, error }: Ending,
  counts: RunCounts,
): { readonly state: Run["state"]; readonly reason: string | undefined } {
  if (error instanceof TargetUnusableError) {
    return { state: hasWritten(counts) ? "partly" : "failed", reason: reasonOf(error) };
  }
  if (error !== undefined) return { state: "stopped", reason: reasonOf(error) };
  if (invalid !== undefined) return { state: "stopped", reason: [invalid, held ?? []].flat().join("; ") };
  if (held !== undefined) return { state: "held", reason: held };
  if (counts.failed === 0) return { state: "succeeded", reason: undefined };
  const isAll = counts.checked <= counts.failed && !hasWritten(counts);
  return { state: isAll ? "failed" : "partly", reason: undefined };
}

/** Whether anything was done about any object. */
function hasWritten({
  created,
  adopted,
  updated,
  deactivated,
  deleted,
  membersAdded,
  membersRemoved,
}: RunCounts): boolean {
  return created + adopted + updated + deactivated + deleted + membersAdded + membersRemoved > 0;
}

function tellRun({ tell, name: provider, tenant }: ProviderContext, { id: run, state, counts, reason }: Run): void {
  tell(() => ({ type: "provider.run", provider, tenant, run, state, counts: { ...counts }, reason }));
}

function tell({ onProgress }: SyncOptions, { phase, counts }: Run): void {
  callSafely(() => onProgress?.({ phase, counts }));
}
