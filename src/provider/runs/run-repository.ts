import * as z from "zod/mini";
import { PreconditionFailedError } from "../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { honestTime, isHeldByOther, takenLease } from "../../storage/state/lease.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type Entry, type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { Storage } from "../../storage/storage.ts";
import { NO_COUNTS, type Run, type RunPosition, runCodec, type StoredRun } from "./run.ts";

/** How long a run may show no activity before another process continues it, in milliseconds. */
export const RUN_LEASE_MS = 300_000;
/** How many entries of a list are removed at a time. */
const PAGE = 500;
/** How many ended runs are kept. */
const KEPT = 20;
/** Later than any clock: keys count down from it, so that the newest run comes first. */
const END_OF_TIME = 9_999_999_999_999;

const RUNS: RecordKind<StoredRun> = { collection: "runs", codec: runCodec };
/** Ids that a run processes again. */
const RUN_OBJECTS: RecordKind<object> = { collection: "run-objects", codec: jsonCodec(z.object({})) };

/** Objects that a run processes again: those that are leaving, and those that wait for another object. */
export type RunList = "leaving" | "later";

/** An object in a list. */
export interface ListedObject {
  readonly list: RunList;
  /** The resource type's name. */
  readonly type: string;
  readonly id: string;
}

/** A run of this process, as it is stored. */
export type RunEntry = Entry<StoredRun>;

/** What `begin` needs. */
export interface RunBeginning {
  readonly provider: string;
  readonly tenant: string;
  readonly configuration: string;
  /** Identifies this execution. */
  readonly by: string;
  readonly now: number;
}

/**
 * The runs of one provider, newest first, and the objects that they process again. A process that works on a run holds
 * its lease. Every write is a compare-and-swap, so a process that lost the lease writes nothing.
 */
export class RunRepository {
  private readonly storage: Storage;
  private readonly owner: string;
  private readonly runs: Repository<StoredRun>;

  /** `owner`: the provider's immutable id. */
  constructor(storage: Storage, owner: string) {
    this.storage = storage;
    this.owner = owner;
    this.runs = repository(storage.state, RUNS, owner);
  }

  /**
   * Begins a run, or continues the latest one whose process is gone. Others whose process is gone, and those of another
   * configuration, are abandoned; a run of a live process is left alone.
   */
  async begin(
    beginning: RunBeginning,
  ): Promise<{ readonly entry: RunEntry; readonly resumed: RunPosition | undefined }> {
    const { by, now, provider, tenant, configuration } = beginning;
    let taken: RunEntry | undefined;
    for await (const stored of this.runs.each()) {
      if (stored.value.state !== "running") continue;
      const entry = await this.honest(stored, now);
      const run = entry?.value;
      if (entry === undefined || run === undefined || isHeldByOther(run.lease, { by, now })) continue;
      if (taken === undefined && run.configuration === configuration) taken = await this.take(entry, beginning);
      else await this.giveUp(entry, now);
    }
    if (taken !== undefined) return { entry: taken, resumed: taken.value.position };
    const started = new Date(now).toISOString();
    const run: StoredRun = {
      ...{ id: `${started}_${by}`, provider, tenant, state: "running", phase: "users", started },
      ...{ finished: undefined, counts: NO_COUNTS, failures: [], reason: undefined, configuration },
      position: { phase: "users" },
      lease: takenLease(undefined, { by, now, ms: RUN_LEASE_MS }),
    };
    return { entry: await this.runs.put(keyOf(run), run, { expected: null }), resumed: undefined };
  }

  /**
   * Writes the progress of a run, renews its lease and adds to its lists, all or nothing.
   *
   * @throws {PreconditionFailedError} when another process continued it or gave it up
   */
  async advance(entry: RunEntry, run: StoredRun, listed: readonly ListedObject[], now: number): Promise<RunEntry> {
    const { by } = run.lease;
    const renewed = { ...run, lease: takenLease(run.lease, { by, now, ms: RUN_LEASE_MS }) };
    try {
      return await this.write(entry, renewed, listed);
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
      // Another process may have shortened the lease and left the run to us.
      const stored = await this.runs.get(entry.key);
      if (stored === undefined || !isStillOurs(stored.value, run)) {
        throw new PreconditionFailedError("Another process took the run over or gave it up", { cause: error });
      }
      return this.write(stored, renewed, listed);
    }
  }

  private async write(entry: RunEntry, run: StoredRun, listed: readonly ListedObject[]): Promise<RunEntry> {
    if (listed.length === 0) return this.runs.put(entry.key, run, { expected: entry.version });
    return this.storage.transaction(
      async (tx) => {
        const objects = repository(tx.state, RUN_OBJECTS, this.owner);
        for (const object of listed) await objects.put(objectKey(run.id, object), {}, { expected: undefined });
        return repository(tx.state, RUNS, this.owner).put(entry.key, run, { expected: entry.version });
      },
      { tenant: this.owner },
    );
  }

  /** Ids of a list, in pages of `take`. */
  async *listed(runId: string, list: RunList, type: string, take: number): AsyncGenerator<string[]> {
    const prefix = joinKey(runId, list, type, "");
    const objects = repository(this.storage.state, RUN_OBJECTS, this.owner);
    for (let after: string | undefined; ; ) {
      const entries = await objects.scan({ prefix, after, take });
      if (entries.length > 0) yield entries.map(({ key }) => key.slice(prefix.length));
      after = entries.at(-1)?.key;
      if (after === undefined || entries.length < take) return;
    }
  }

  /** The latest runs, newest first. A run whose process is gone is shown as abandoned. */
  async latest(now: number): Promise<Run[]> {
    const found: Run[] = [];
    for await (const { value } of this.runs.each()) found.push(shown(value, now));
    return found;
  }

  /** Removes all but the newest ended runs, and the lists of all ended runs. */
  async prune(now: number): Promise<void> {
    let kept = 0;
    const old: Entry<StoredRun>[] = [];
    for await (const entry of this.runs.each()) {
      if (shown(entry.value, now).state === "running") continue;
      kept += 1;
      if (kept > KEPT) old.push(entry);
    }
    for (const { key } of old) await this.runs.delete(key);
  }

  /** Removes the lists of a run, page by page. */
  async forgetLists(runId: string): Promise<void> {
    const range = { prefix: joinKey(runId, ""), take: PAGE };
    for (let isAll = false; !isAll; ) {
      const entries = await repository(this.storage.state, RUN_OBJECTS, this.owner).scan(range);
      isAll = entries.length < PAGE;
      if (entries.length === 0) return;
      await this.storage.transaction(async (tx) => {
        const objects = repository(tx.state, RUN_OBJECTS, this.owner);
        for (const { key } of entries) await objects.delete(key);
      });
    }
  }

  /**
   * A lease of a clock that was ahead is cut to the longest possible time; undefined if another process wrote it
   * meanwhile.
   */
  private async honest(entry: RunEntry, now: number): Promise<RunEntry | undefined> {
    const { lease } = entry.value;
    const until = honestTime(lease.until, now, RUN_LEASE_MS);
    if (until === lease.until) return entry;
    return this.putUnlessLost(entry, { ...entry.value, lease: { ...lease, until } });
  }

  private async take(entry: RunEntry, { by, now }: RunBeginning): Promise<RunEntry | undefined> {
    const lease = takenLease(entry.value.lease, { by, now, ms: RUN_LEASE_MS });
    return this.putUnlessLost(entry, { ...entry.value, lease });
  }

  private async giveUp(entry: RunEntry, now: number): Promise<void> {
    await this.putUnlessLost(entry, { ...entry.value, state: "abandoned", finished: new Date(now).toISOString() });
    await this.forgetLists(entry.value.id);
  }

  private async putUnlessLost(entry: RunEntry, run: StoredRun): Promise<RunEntry | undefined> {
    try {
      return await this.runs.put(entry.key, run, { expected: entry.version });
    } catch (error) {
      if (isPreconditionFailed(error)) return undefined;
      throw error;
    }
  }
}

function isStillOurs({ state, lease }: StoredRun, ours: StoredRun): boolean {
  return state === "running" && lease.by === ours.lease.by && lease.fence === ours.lease.fence;
}

function shown(run: StoredRun, now: number): Run {
  const { lease, position: _, configuration: __, ...rest } = run;
  return rest.state === "running" && lease.until <= now ? { ...rest, state: "abandoned" } : rest;
}

/** Keys count down, so that a scan gives the newest first. */
function keyOf({ id, started }: Run): string {
  return `${String(END_OF_TIME - Date.parse(started)).padStart(13, "0")}_${id}`;
}

function objectKey(runId: string, { list, type, id }: ListedObject): string {
  return joinKey(runId, list, type, id);
}
