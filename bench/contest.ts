import { Bench } from "tinybench";

/** One side of a comparison; a run takes a hundred microseconds or more, since the clock is no finer. */
export interface Contestant {
  readonly name: string;
  readonly run: () => unknown;
}

/** How long a comparison takes. */
export interface ContestOptions {
  /** Rounds that count, after one that does not. */
  readonly rounds?: number;
  /** For each contestant in each round, in milliseconds. */
  readonly ms?: number;
}

/** Processor time of this process, in milliseconds: what other processes do to the machine is not in it. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Nanoseconds of processor time for one run of each contestant: of each round the mean, which garbage collection is part of, and of those
 * the median. Contestants take turns, another one first each time, so that what else the machine does hits all alike.
 */
export async function contest(
  contestants: readonly Contestant[],
  { rounds = 7, ms = 40 }: ContestOptions = {},
): Promise<ReadonlyMap<string, number>> {
  const means = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    const bench = new Bench({ time: ms, iterations: 1, warmup: false, throws: true, now: processorTime });
    for (const { name, run } of rotated(contestants, round)) bench.add(name, run);
    await bench.run();
    for (const { name, result } of bench.tasks) {
      if (round > 0 && "latency" in result) means.get(name)?.push(result.latency.mean * 1e6);
    }
  }
  return new Map([...means].map(([name, values]) => [name, median(values)]));
}

/** The same list, begun at another place. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

/** @throws {RangeError} when there is none */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new RangeError("no values");
  return (low + high) / 2;
}

/** The time of a contestant. @throws {RangeError} when it took no part */
export function timeOf(times: ReadonlyMap<string, number>, name: string): number {
  const time = times.get(name);
  if (time === undefined) throw new RangeError(`${name} took no part`);
  return time;
}
