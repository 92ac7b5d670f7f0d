import pLimit from "p-limit";
import { nextOf } from "../../directory/directory-pages.ts";
import type { Connection, ProviderContext } from "../connection/provider-context.ts";
import { pushMembershipsOf } from "../connection/push-memberships.ts";
import { lookAt, readPage } from "../connection/sync-object.ts";
import { isLive } from "../links/link.ts";
import { ScopeUnknownError } from "../objects/scope.ts";
import type { Target } from "../objects/target.ts";
import { claimedUntil } from "../reconcile/next-link.ts";
import type { Outcome } from "../reconcile/reconcile.ts";
import { TargetUnusableError } from "../remote/resources.ts";
import { NO_COUNTS, type Run, type RunCounts, type RunFailure, type RunPhase } from "../runs/run.ts";
import { allowedRemovals, type Candidate, destructiveAmong } from "./guard.ts";

const MOST_FAILURES = 100;
const KEPT_RUNS = 20;

/** How far a run is. */
export interface SyncProgress {
  readonly phase: RunPhase;
  readonly counts: RunCounts;
}

/** Options of `sync`. */
export interface SyncOptions {
  /** Told after each object that was worked on and each page. What it throws is swallowed. */
  readonly onProgress?: (progress: SyncProgress) => void;
  /** Lets this run delete and deactivate as many as it finds, whatever the guard allows. @default false */
  readonly approveRemovals?: boolean;
  /** Ends the run after what is in flight. */
  readonly signal?: AbortSignal;
}

/** What a mapping gave of an object of a page cannot be sent: the page sends nothing, and no further page begins. */
class PageInvalidError extends Error {
  override readonly name: string = "PageInvalidError";
}

/** Brings the whole application to where it should be: every object looked at once. */
export async function syncAll(context: ProviderContext, options: SyncOptions): Promise<Run> {
  const runner = new SyncRun(context, options);
  return runner.run();
}

class SyncRun {
  private readonly context: ProviderContext;
  private readonly options: SyncOptions;
  private record: Run;
  private readonly candidates: Candidate[] = [];
  private live = 0;
  private readonly waiting: string[] = [];
  private isSecondPass = false;
  private readonly claimed: { readonly id: string; readonly until: number }[] = [];
  private isPatient = false;

  constructor(context: ProviderContext, options: SyncOptions) {
    this.context = context;
    this.options = options;
    this.record = {
      id: context.newId(),
      provider: context.name,
      state: "running",
      phase: "users",
      started: new Date(context.now()).toISOString(),
      finished: undefined,
      counts: NO_COUNTS,
      failures: [],
      reason: undefined,
    };
  }

  async run(): Promise<Run> {
    const { runs, scope } = this.context;
    await runs.abandonUnfinished(this.record.started);
    await runs.save(this.record);
    try {
      await scope.check();
      const connection = await this.context.connect();
      const invalid = await this.bring(connection);
      // What is due for removal is none of a mapping's business.
      const held = await this.sweep(connection);
      if (invalid !== undefined) return await this.finish("stopped", [invalid, held ?? []].flat().join("; "));
      if (held !== undefined) return await this.finish("held", held);
      return await this.finish(this.record.counts.failed > 0 ? "partly" : "succeeded", undefined);
    } catch (error) {
      return await this.finish("stopped", reasonOf(error));
    } finally {
      await runs.prune(KEPT_RUNS);
    }
  }

  /** Everything but removals. Returns why it stopped, if a mapping gave what cannot be sent. */
  private async bring(connection: Connection): Promise<string | undefined> {
    try {
      await this.walk("users", connection, connection.users);
      await this.lookAtClaimed(connection, connection.users);
      await this.secondPass(connection);
      await this.walk("groups", connection, connection.groups);
      await this.lookAtClaimed(connection, connection.groups);
      await this.pushMemberships(connection);
      return undefined;
    } catch (error) {
      if (error instanceof PageInvalidError) return error.message;
      throw error;
    }
  }

  private async finish(state: Run["state"], reason: string | undefined): Promise<Run> {
    this.record = { ...this.record, state, reason, finished: new Date(this.context.now()).toISOString() };
    await this.context.runs.save(this.record);
    return this.record;
  }

  /** All objects of a type, range by range. Links without an object in their range are candidates for the sweep, no more. */
  private async walk(phase: RunPhase, connection: Connection, target: Target): Promise<void> {
    this.record = { ...this.record, phase };
    this.isPatient = true;
    const { directory, links, runs, pageSize } = this.context;
    const listing = phase === "users" ? directory.users.bind(directory) : directory.groups.bind(directory);
    let after: string | undefined;
    for (let number = 0; ; number += 1) {
      this.options.signal?.throwIfAborted();
      const page = await listing({ take: pageSize, idsOnly: true, ...(after === undefined ? {} : { after }) });
      const next = nextOf(page, after, phase);
      const seen = new Set(page.objects.map((object) => object.id));
      const range = { phase, after, to: next, done: false };
      await runs.saveRange(this.record.id, number, range);
      for (const [id, link] of await links.between(target.type.name, after, next)) {
        if (isLive(link)) this.live += 1;
        if (!seen.has(id)) this.candidates.push({ target, id });
      }
      await this.workOn(connection, target, [...seen]);
      await runs.saveRange(this.record.id, number, { ...range, done: true });
      await runs.save(this.record);
      if (next === undefined) return;
      after = next;
    }
  }

  /** Creates that another process was sending, most likely one that died: once it can send no more, they are looked for again. */
  private async lookAtClaimed(connection: Connection, target: Target): Promise<void> {
    this.isPatient = false;
    const claimed = this.claimed.splice(0);
    if (claimed.length === 0) return;
    const { now, sleep } = this.context;
    const wait = Math.max(...claimed.map(({ until }) => until)) - now();
    const { signal } = this.options;
    const aborted = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
    if (wait > 0) await Promise.race([sleep(wait), aborted]);
    const ids = claimed.map(({ id }) => id);
    await this.lookAtAll(connection, target, ids);
  }

  /** Users whose manager was not there when they were sent: it may be now. */
  private async secondPass(connection: Connection): Promise<void> {
    const { pageSize } = this.context;
    this.isSecondPass = true;
    for (let start = 0; start < this.waiting.length; start += pageSize) {
      const { present } = await readPage(this.context, connection.users, this.waiting.slice(start, start + pageSize));
      await this.lookAtAll(connection, connection.users, present);
    }
    this.isSecondPass = false;
  }

  private async workOn(connection: Connection, target: Target, ids: readonly string[]): Promise<void> {
    const { present, leaving, waiting, errors } = await readPage(this.context, target, ids);
    this.waiting.push(...waiting);
    // A mapping that gives what the schema refuses stops the run before this page has sent anything.
    const invalid = errors.find(({ error }) => !(error instanceof ScopeUnknownError));
    if (invalid !== undefined && this.context.invalid === "stop") {
      const { id, label, error } = invalid;
      throw new PageInvalidError(`${target.type.name} ${label} (${id}): ${reasonOf(error)}`, { cause: error });
    }
    for (const { id, label, error } of errors) this.fail(target, { id, label, reason: reasonOf(error) });
    this.count({ looked: ids.length - present.length - leaving.length });
    // A run adds first, then removes.
    for (const id of leaving) this.candidates.push({ target, id });
    await this.lookAtAll(connection, target, present);
    this.tell();
  }

  private async lookAtAll(connection: Connection, target: Target, ids: readonly string[]): Promise<void> {
    const limit = pLimit(this.context.concurrency);
    const unusable: unknown[] = [];
    await Promise.all(
      ids.map((id) =>
        limit(async () => {
          if (unusable.length > 0 || this.options.signal?.aborted === true) return;
          try {
            this.add(target, await lookAt(this.context, connection, { target, id }));
          } catch (error) {
            if (error instanceof TargetUnusableError) unusable.push(error);
            else {
              this.count({ looked: this.isSecondPass ? 0 : 1 });
              this.fail(target, { id, label: id, reason: reasonOf(error) });
            }
          }
          this.tell();
        }),
      ),
    );
    if (unusable.length > 0) throw unusable[0];
    this.options.signal?.throwIfAborted();
  }

  private async pushMemberships(connection: Connection): Promise<void> {
    this.record = { ...this.record, phase: "memberships" };
    const { directory, pageSize } = this.context;
    let after: string | undefined;
    do {
      this.options.signal?.throwIfAborted();
      const page = await directory.groups({ take: pageSize, idsOnly: true, ...(after === undefined ? {} : { after }) });
      for (const { id } of page.objects) await this.pushMembershipsOf(connection, id);
      after = nextOf(page, after, "groups");
    } while (after !== undefined);
    await this.context.runs.save(this.record);
  }

  private async pushMembershipsOf(connection: Connection, groupId: string): Promise<void> {
    let result: Awaited<ReturnType<typeof pushMembershipsOf>>;
    try {
      result = await pushMembershipsOf(this.context, connection, groupId);
    } catch (error) {
      if (error instanceof TargetUnusableError) throw error;
      this.fail(connection.groups, { id: groupId, label: groupId, reason: reasonOf(error) });
      return;
    }
    if (result === undefined) return;
    const { added, removed, deferred, writes, refused, error, label } = result;
    this.count({ membersAdded: added, membersRemoved: removed, membersDeferred: deferred, writes });
    const target = connection.groups;
    if (error !== undefined) this.fail(target, { id: groupId, label, reason: reasonOf(error) });
    for (const id of refused) this.fail(target, { id: groupId, label, reason: `the application refused member ${id}` });
    this.tell();
  }

  /**
   * What left, or was not listed. Each is read by its id before anything is done. Returns why removals were held, if they
   * were; what removes nothing is done all the same.
   */
  private async sweep(connection: Connection): Promise<string | undefined> {
    this.record = { ...this.record, phase: "sweep" };
    const { guard } = this.context;
    const destructive = await destructiveAmong(this.context, this.candidates);
    const allowed = guard === false ? Number.POSITIVE_INFINITY : allowedRemovals(guard, this.live);
    const isHeld = destructive.size > allowed && this.options.approveRemovals !== true;
    const todo = isHeld ? this.candidates.filter((candidate) => !destructive.has(candidate)) : this.candidates;
    for (const target of [connection.groups, connection.users]) {
      const ids = todo.filter((candidate) => candidate.target === target).map(({ id }) => id);
      await this.lookAtAll(connection, target, ids);
    }
    return isHeld
      ? `${destructive.size} of ${this.live} would be deleted or deactivated, and ${allowed} are allowed at once; nothing was removed`
      : undefined;
  }

  private add(target: Target, outcome: Outcome): void {
    const { did, writes } = outcome;
    const until = did === "failed" ? claimedUntil(outcome.link, this.context) : undefined;
    if (until !== undefined && this.isPatient) {
      this.claimed.push({ id: outcome.id, until });
      this.count({ writes });
      return;
    }
    if (outcome.isWaiting && !this.isSecondPass && did !== "failed") this.waiting.push(outcome.id);
    this.count({
      looked: this.isSecondPass ? 0 : 1,
      writes,
      ...(did === "nothing" || did === "failed" ? {} : { [did]: 1 }),
    });
    if (did === "failed") {
      const { id, label } = outcome;
      this.fail(target, { id, label, reason: outcome.reason ?? "it failed" });
    }
  }

  private fail(target: Target, failure: Omit<RunFailure, "type">): void {
    this.count({ failed: 1 });
    if (this.record.failures.length >= MOST_FAILURES) return;
    const failures = [...this.record.failures, { type: target.type.name, ...failure }];
    this.record = { ...this.record, failures };
  }

  private count(more: Partial<RunCounts>): void {
    const counts = { ...this.record.counts };
    for (const [name, value] of Object.entries(more)) counts[name as keyof RunCounts] += value;
    this.record = { ...this.record, counts: counts satisfies RunCounts };
  }

  private tell(): void {
    try {
      this.options.onProgress?.({ phase: this.record.phase, counts: this.record.counts });
    } catch {
      // Who watches must not be able to stop a run.
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
