import type { FilterLimits } from "./tree.ts";

/**
 * The deepest nesting that `maxDepth` may allow: functions that walk a tree are recursive and must never exhaust the
 * stack.
 */
const DEPTH_CEILING = 500;

/**
 * The limits with their defaults filled in.
 *
 * @throws {TypeError} for a limit that is not a positive integer, or a `maxDepth` above 500
 */
export function limitsOf(options: FilterLimits): Required<FilterLimits> {
  const limits = {
    maxLength: options.maxLength ?? 10_000,
    maxDepth: options.maxDepth ?? 50,
    maxTerms: options.maxTerms ?? 500,
  };
  checkLimit("maxLength", limits.maxLength);
  checkLimit("maxDepth", limits.maxDepth);
  checkLimit("maxTerms", limits.maxTerms);
  if (limits.maxDepth > DEPTH_CEILING) throw new TypeError(`maxDepth must be at most ${DEPTH_CEILING}`);
  return limits;
}

function checkLimit(name: keyof FilterLimits, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new TypeError(`${name} must be a positive integer`);
}
