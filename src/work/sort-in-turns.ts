import type { Work } from "./work.ts";

/** So many items are sorted in one piece. */
const RUN = 1000;

/** The work of one comparison while sorting. */
const COMPARISON = 2;

/**
 * A sorted copy, made in pieces between which others run (a merge sort). Items that are equal keep their order.
 *
 * @throws {TooManyError} when the comparisons use up the budget
 */
export async function sortInTurns<T>(
  items: readonly T[],
  compare: (left: T, right: T) => number,
  work: Work,
): Promise<T[]> {
  const counted = (left: T, right: T): number => {
    work.spend(COMPARISON, "sorting");
    return compare(left, right);
  };
  let runs: T[][] = [];
  for (let begin = 0; begin < items.length; begin += RUN) {
    await work.pause();
    runs.push(items.slice(begin, begin + RUN).sort(counted));
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      longer.push(await merged(runs[index] ?? [], runs[index + 1] ?? [], { compare: counted, work }));
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

async function merged<T>(
  left: readonly T[],
  right: readonly T[],
  { compare, work }: { readonly compare: (left: T, right: T) => number; readonly work: Work },
): Promise<T[]> {
  const all: T[] = [];
  let other = 0;
  for (const item of left) {
    for (; other < right.length; other += 1) {
      const next = right[other] as T;
      if (compare(item, next) <= 0) break;
      all.push(next);
    }
    all.push(item);
    const pause = all.length % RUN === 0 ? work.pause() : undefined;
    if (pause !== undefined) await pause;
  }
  for (; other < right.length; other += 1) all.push(right[other] as T);
  return all;
}
