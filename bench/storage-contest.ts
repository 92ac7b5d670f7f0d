import { median, rotated } from "./contest.ts";
import type { Figure } from "./figure.ts";
import type { BenchDatabase } from "./storage-database.ts";

/** A call that is measured. */
export type Call = () => unknown;

/** The same thing done by us and by statements written by hand, to something else with each number. */
export interface StorageContest {
  readonly what: string;
  /** Calls of each side in all. @default 500 */
  readonly calls?: number;
  /** What ours may cost at most, in medians. @default 2 */
  readonly most?: number;
  /** Makes a call ready; that is not measured. */
  readonly ours: (number: number) => Call;
  readonly bare: (number: number) => Call;
  /** Throws where the two sides do not give the same. */
  readonly check?: (ours: unknown, bare: unknown) => void;
  /** Takes away what a run that was killed has left. */
  readonly begin?: () => Promise<void>;
  /** Takes away what was written. */
  readonly end?: () => Promise<void>;
}

/** Figures of one database. */
export interface Measured {
  readonly database: BenchDatabase;
  readonly figures: readonly Figure[];
}

const CALLS = 500;
/** Calls of one side before it is the other's turn. */
const TURN = 20;
/** Calls before any that counts: what is measured is a program that has been running. */
const WARM_UP = 60;
/** Numbers are spread by it: no call of a run finds what an earlier one left in some cache. */
const SPREAD = 31;

/** What is measured of one contest. */
interface Costs {
  readonly ours: number[];
  readonly bare: number[];
}

/** Runs the contests of several databases of one engine in turn, one contest after the other. */
export async function measureStorage(
  databases: readonly (readonly [BenchDatabase, readonly StorageContest[]])[],
): Promise<Measured[]> {
  const figures = new Map<BenchDatabase, Figure[]>(databases.map(([database]) => [database, []]));
  const count = databases[0]?.[1].length ?? 0;
  for (let place = 0; place < count; place += 1) {
    const running = databases.flatMap(([database, contests]) => {
      const contest = contests[place];
      return contest === undefined ? [] : [{ database, contest, costs: { ours: [], bare: [] } satisfies Costs }];
    });
    for (const { contest } of running) {
      await contest.begin?.();
      await check(contest);
    }
    const calls = running[0]?.contest.calls ?? CALLS;
    for (let done = -WARM_UP, turn = 0; done < calls; done += TURN, turn += 1) {
      for (const { contest, costs } of rotated(running, turn)) await takeTurns(contest, costs, { done, turn });
    }
    for (const { database, contest, costs } of running) {
      await contest.end?.();
      figures.get(database)?.push(figureOf(database, contest, costs));
    }
  }
  return databases.map(([database]) => ({ database, figures: figures.get(database) ?? [] }));
}

async function check({ check, ours, bare }: StorageContest): Promise<void> {
  for (let number = 0; check !== undefined && number < 5; number += 1)
    check(await ours(number)(), await bare(number)());
}

async function takeTurns(
  contest: StorageContest,
  costs: Costs,
  { done, turn }: { readonly done: number; readonly turn: number },
): Promise<void> {
  for (const side of rotated(["ours", "bare"] as const, turn)) {
    for (let place = 0; place < TURN; place += 1) {
      // Each side has numbers of its own, or it would find what it asks for where the other has just been.
      const call = contest[side](numberOf(contest, side, done + WARM_UP + place));
      const started = performance.now();
      await call();
      const cost = (performance.now() - started) * 1e6;
      if (done >= 0) costs[side].push(cost);
    }
  }
}

/** Writes keep their sides apart by themselves, and take their numbers one after the other. */
function numberOf({ check }: StorageContest, side: "ours" | "bare", number: number): number {
  return check === undefined ? number : (number * 2 + (side === "ours" ? 0 : 1)) * SPREAD;
}

function figureOf({ engine, size }: BenchDatabase, { what, most = 2 }: StorageContest, { ours, bare }: Costs): Figure {
  return {
    area: `${engine} with ${size.users.toLocaleString("en")} users`,
    what,
    against: "prepared statements",
    ours: median(ours),
    theirs: median(bare),
    slowest: { ours: percentile(ours, 0.99), theirs: percentile(bare, 0.99) },
    most,
  };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
