import type { StateRecord, StateStorage } from "../../storage/storage.ts";

/** The parts of a run, in their order: what is there comes before who belongs to it, adding before removing. */
export type RunPhase = "users" | "groups" | "memberships" | "sweep";

/** What a run has done so far. Objects count once a run. */
export interface RunCounts {
  readonly looked: number;
  readonly created: number;
  readonly adopted: number;
  readonly updated: number;
  readonly deactivated: number;
  readonly deleted: number;
  readonly kept: number;
  readonly failed: number;
  readonly membersAdded: number;
  readonly membersRemoved: number;
  /** Members that wait for their own link. */
  readonly membersDeferred: number;
  /** Requests that can change something at the application: POST, PUT, PATCH, DELETE. */
  readonly writes: number;
}

/** An object that a run could not bring to where it should be. */
export interface RunFailure {
  readonly type: string;
  readonly id: string;
  readonly label: string;
  readonly reason: string;
}

/** One execution of a sync. Times are ISO 8601 in UTC. */
export interface Run {
  readonly id: string;
  readonly provider: string;
  /**
   * `succeeded`: all is as it should be. `partly`: some objects failed. `held`: more removals than the guard allows, so
   * that none was done. `stopped`: it could not go on. `abandoned`: its process ended. `reason` says why.
   */
  readonly state: "running" | "succeeded" | "partly" | "held" | "stopped" | "abandoned";
  readonly phase: RunPhase;
  readonly started: string;
  readonly finished: string | undefined;
  readonly counts: RunCounts;
  /** The first hundred. */
  readonly failures: readonly RunFailure[];
  readonly reason: string | undefined;
}

/** A range of a run: the objects of a type whose ids are behind `after`, up to and including `to`. */
export interface RunRange {
  readonly phase: RunPhase;
  readonly after: string | undefined;
  /** Undefined: up to the end. */
  readonly to: string | undefined;
  readonly done: boolean;
}

/** Counts of a run in which nothing happened yet. */
export const NO_COUNTS: RunCounts = Object.freeze({
  looked: 0,
  created: 0,
  adopted: 0,
  updated: 0,
  deactivated: 0,
  deleted: 0,
  kept: 0,
  failed: 0,
  membersAdded: 0,
  membersRemoved: 0,
  membersDeferred: 0,
  writes: 0,
});

/** Where runs and their ranges are kept. */
export class RunRepository {
  private readonly state: StateStorage;
  private readonly runs: string;
  private readonly ranges: string;

  constructor(state: StateStorage, provider: string) {
    this.state = state;
    this.runs = `runs:${provider}`;
    this.ranges = `ranges:${provider}`;
  }

  async save(run: Run): Promise<void> {
    await this.state.put(this.runs, run.id, plain(run), { expected: undefined });
  }

  async saveRange(runId: string, number: number, range: RunRange): Promise<void> {
    const key = `${runId}/${range.phase}/${String(number).padStart(9, "0")}`;
    await this.state.put(this.ranges, key, plain(range), { expected: undefined });
  }

  /** The latest runs, newest first. */
  async latest(take: number): Promise<Run[]> {
    return (await this.all()).slice(0, take);
  }

  /** Runs that never ended are over: their process is gone. */
  async abandonUnfinished(finished: string): Promise<void> {
    for (const run of await this.all()) {
      if (run.state === "running") await this.save({ ...run, state: "abandoned", finished });
    }
  }

  /** Forgets all but the newest `keep` runs, and their ranges. */
  async prune(keep: number): Promise<void> {
    for (const run of (await this.all()).slice(keep)) {
      for (const record of await this.rangesOf(run.id)) await this.state.delete(this.ranges, record.key);
      await this.state.delete(this.runs, run.id);
    }
  }

  private async rangesOf(runId: string): Promise<StateRecord[]> {
    const all: StateRecord[] = [];
    const bounds = { from: `${runId}/`, to: `${runId}/\u{10ffff}`, take: 500 };
    for (let page = await this.state.scan(this.ranges, bounds); page.length > 0; ) {
      all.push(...page);
      const after = page.at(-1)?.key;
      page = after === undefined || page.length < 500 ? [] : await this.state.scan(this.ranges, { ...bounds, after });
    }
    return all;
  }

  private async all(): Promise<Run[]> {
    const records = await this.state.scan(this.runs, { take: 1000 });
    const runs = records.map((record) => record.value as unknown as Run);
    return runs.sort((left, right) => (left.started < right.started ? 1 : left.started > right.started ? -1 : 0));
  }
}

function plain(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
