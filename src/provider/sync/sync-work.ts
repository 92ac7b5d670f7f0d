import pLimit from "p-limit";
import { isDue } from "../../timing/due.ts";
import { startInterval } from "../../timing/interval.ts";
import { createSerialQueue, type SerialQueue } from "../../timing/serial-queue.ts";
import type { ProviderContext } from "../context/provider-context.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { claimedUntil } from "../reconcile/claim.ts";
import type { Pushed } from "../reconcile/push-memberships.ts";
import type { Outcome } from "../reconcile/reconcile.ts";
import { syncObject } from "../reconcile/sync-object.ts";
import { TargetUnusableError } from "../remote/classify.ts";
import { addCounts, type Run, type RunPhase, type RunPosition, type StoredRun } from "../runs/run.ts";
import type { RunEntry } from "../runs/run-repository.ts";
import { knownLabel } from "./known-label.ts";
import { comesBack, failureOf, NO_TALLY, sumOf, type Tally, tallyOf, unlessKnown } from "./tally.ts";

/** Called with everything that a run does; a plan is made from it. */
export interface SyncReporter {
  /** An object that was not settled. `isHeld`: it would be removed, but the guard holds that. */
  object?(objects: ObjectType, outcome: Outcome, facts: { readonly isHeld: boolean }): void | Promise<void>;
  /** The memberships of a group, if any had to be changed. */
  memberships?(groupId: string, pushed: Pushed): void | Promise<void>;
  /** An object that cannot be judged. */
  unjudged?(objects: ObjectType, failed: { id: string; label: string; error: unknown }): void | Promise<void>;
  /** The error that ended the run early: nothing was processed after it. */
  ended?(error: unknown): void;
}

/** What the phases of one run share. */
export interface SyncWork {
  readonly context: ProviderContext;
  readonly run: CurrentRun;
  readonly reporter: SyncReporter;
  readonly signal: AbortSignal | undefined;
}

/** How old a lease may become before it is renewed, and how often that is checked, in milliseconds. */
const KEEP_ALIVE_MS = 60_000;
const CHECK_MS = 15_000;

/** The run in progress, as it is stored. */
export class CurrentRun {
  private readonly context: ProviderContext;
  private readonly onChange: (run: Run) => void;
  /** Each write needs the version of the one before. */
  private readonly inOrder: SerialQueue = createSerialQueue();
  private entry: RunEntry;
  private renewed: number;

  constructor(context: ProviderContext, entry: RunEntry, onChange: (run: Run) => void) {
    this.context = context;
    this.entry = entry;
    this.onChange = onChange;
    this.renewed = context.now();
  }

  get value(): StoredRun {
    return this.entry.value;
  }

  /**
   * Writes the result of a part of the run, and its progress.
   * @throws {PreconditionFailedError} when another process continued the run
   */
  async advance(phase: RunPhase, tally: Tally, position: RunPosition = this.value.position): Promise<void> {
    await this.write((run) => {
      const part = unlessKnown(tally, run.failures);
      const counts = addCounts(run.counts, part.counts);
      return { ...run, phase, position, counts, failures: sumOf(run, part).failures };
    }, tally);
    this.onChange(this.value);
  }

  /** Ends the run. */
  async finish(state: Run["state"], reason: string | undefined): Promise<Run> {
    const finished = new Date(this.context.now()).toISOString();
    await this.write((stored) => ({ ...stored, state, reason, finished }), NO_TALLY);
    this.onChange(this.value);
    const { lease: _, position: __, configuration: ___, ...run } = this.value;
    return { ...run, finished, reason };
  }

  /** Renews the lease if it is old. @throws {PreconditionFailedError} when another process continued the run */
  async keepAlive(): Promise<void> {
    if (isDue(this.renewed + KEEP_ALIVE_MS, this.context.now(), KEEP_ALIVE_MS))
      await this.write((run) => run, NO_TALLY);
  }

  /** Renews the lease also while one object or one page of the directory takes long. Returns what ends that. */
  keepAliveMeanwhile(): () => void {
    // What fails here fails again at the next write.
    return startInterval(() => void this.keepAlive().catch(() => {}), CHECK_MS);
  }

  /** Reports work that is done but not written yet. */
  tell(phase: RunPhase, tally: Tally): void {
    this.onChange({ ...this.value, phase, counts: addCounts(this.value.counts, tally.counts) });
  }

  private write(change: (run: StoredRun) => StoredRun, { listed }: Tally): Promise<void> {
    this.renewed = this.context.now();
    return this.inOrder(async () => {
      this.entry = await this.context.runs.advance(this.entry, change(this.value), listed, this.renewed);
    });
  }
}

/** How the objects of one phase are processed. */
export interface SyncFacts {
  readonly phase: RunPhase;
  /** Whether they count as checked: false if they were counted before in the same run. */
  readonly isFirst: boolean;
  /** Whether a create that another process may be sending is left for later. */
  readonly waitsForClaims?: boolean;
  readonly isHeld?: boolean;
}

/**
 * Syncs several objects at a time. An object that fails is counted as a failure, and the others continue.
 *
 * @throws {InterruptedError} when the application cannot be used at all, another process took the run over, or the
 * signal aborts; no object is in progress then
 */
export async function syncObjects(
  work: SyncWork,
  objects: ObjectType,
  ids: readonly string[],
  facts: SyncFacts,
): Promise<Tally> {
  const { context, signal, run } = work;
  const limit = pLimit(context.settings.concurrency);
  const endings: unknown[] = [];
  let tally = NO_TALLY;
  const one = async (id: string): Promise<void> => {
    if (endings.length > 0 || signal?.aborted === true) return;
    try {
      const part = await syncOrFail(work, objects, id, facts);
      tally = sumOf(tally, part);
      await run.keepAlive();
      run.tell(facts.phase, tally);
    } catch (error) {
      // The others must not continue after an error that ends the run.
      endings.push(error);
    }
  };
  await Promise.all(ids.map((id) => limit(one, id)));
  if (endings.length > 0) throw new InterruptedError(tally, endings[0]);
  if (signal?.aborted === true) throw new InterruptedError(tally, signal.reason);
  return tally;
}

/** A phase ended early. Its result so far must not be lost. */
export class InterruptedError extends Error {
  override readonly name: string = "InterruptedError";
  readonly tally: Tally;

  constructor(tally: Tally, cause: unknown) {
    super("The phase ended early", { cause });
    this.tally = tally;
  }
}

/** @throws {TargetUnusableError} when the application cannot be used at all */
async function syncOrFail(work: SyncWork, objects: ObjectType, id: string, facts: SyncFacts): Promise<Tally> {
  try {
    return await syncOne(work, objects, id, facts);
  } catch (error) {
    if (error instanceof TargetUnusableError) throw error;
    const label = await knownLabel(work.context, objects, id);
    return failedToSync(work, objects, { id, label, error }, facts);
  }
}

async function syncOne(
  { context, reporter }: SyncWork,
  objects: ObjectType,
  id: string,
  { isFirst, waitsForClaims, isHeld = false }: SyncFacts,
): Promise<Tally> {
  const outcome = await syncObject(context, { objects, id });
  const until = outcome.did === "failed" ? claimedUntil(outcome.link, context) : undefined;
  const facts = { type: objects.type.name, isFirst, claimedUntil: waitsForClaims === true ? until : undefined };
  // An object that is not settled yet is reported when it is.
  const isPending = facts.claimedUntil !== undefined || (isFirst && outcome.did === "failed" && comesBack(outcome));
  if (!isPending) await reporter.object?.(objects, outcome, { isHeld });
  return tallyOf(outcome, facts);
}

/** An object that threw: only its error is known. */
export async function failedToSync(
  work: SyncWork,
  objects: ObjectType,
  failed: { readonly id: string; readonly label: string; readonly error: unknown },
  { isFirst }: Pick<SyncFacts, "isFirst">,
): Promise<Tally> {
  const { id, label, error } = failed;
  await work.reporter.unjudged?.(objects, failed);
  const reason = reasonOf(error);
  const failure = failureOf({ type: objects.type.name, id, label, code: codeOf(error), reason });
  return { ...failure, counts: addCounts(failure.counts, { checked: isFirst ? 1 : 0 }) };
}

/** The result of a part of a phase that ended early is written nevertheless. */
export async function recorded(work: SyncWork, phase: RunPhase, part: () => Promise<Tally>): Promise<Tally> {
  try {
    return await part();
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    await work.run.advance(phase, error.tally);
    throw error.cause;
  }
}

/** A code for programs: that of the error, if it has one. */
export function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "error";
}

/** The message of an error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
