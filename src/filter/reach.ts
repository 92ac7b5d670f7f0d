import type { ComparisonValue } from "../path/tree.ts";
import { isPresent } from "./presence.ts";

/** Whether a value satisfies a filter. */
export type Predicate<T> = (candidate: T) => boolean;

/**
 * Creates a predicate that follows these names, each in the value of the one before, and tests the values found there;
 * true if one passes. Without names the candidate itself is tested.
 */
export function reach(names: readonly string[], test: Predicate<unknown>): Predicate<unknown> {
  return names.reduceRight((inner, name) => member(name, inner), test);
}

/** As `reach` with `isPresent`. */
export function reachPresent(names: readonly string[]): Predicate<unknown> {
  const last = names.at(-1);
  return last === undefined ? isPresent : reach(names.slice(0, -1), presentMember(last));
}

/** As `reach` with a test that only the wanted value passes. */
export function reachExact(names: readonly string[], wanted: ComparisonValue): Predicate<unknown> {
  const last = names.at(-1);
  return last === undefined ? (value) => value === wanted : reach(names.slice(0, -1), exactMember(last, wanted));
}

/**
 * Tests the member `name` of an object: each of its values that is not null, one of which must pass. Definitions have no
 * names of `Object.prototype`, so nothing inherited is ever read.
 */
function member(name: string, test: Predicate<unknown>): Predicate<unknown> {
  return (holder) => {
    if (typeof holder !== "object" || holder === null) return false;
    const value = (holder as Record<string, unknown>)[name];
    if (value === undefined || value === null) return false;
    if (typeof value !== "object" || !Array.isArray(value)) return test(value);
    for (let index = 0; index < value.length; index += 1) {
      const element: unknown = value[index];
      if (element !== undefined && element !== null && test(element)) return true;
    }
    return false;
  };
}

/** Most values are not objects: these are decided here, without calling another function. */
function presentMember(name: string): Predicate<unknown> {
  const isAnyPresent = member(name, isPresent);
  return (holder) => {
    if (typeof holder !== "object" || holder === null) return false;
    const value = (holder as Record<string, unknown>)[name];
    return typeof value === "object" ? isAnyPresent(holder) : value !== undefined;
  };
}

function exactMember(name: string, wanted: ComparisonValue): Predicate<unknown> {
  const isAnyWanted = member(name, (value) => value === wanted);
  return (holder) => {
    if (typeof holder !== "object" || holder === null) return false;
    const value = (holder as Record<string, unknown>)[name];
    return typeof value === "object" ? isAnyWanted(holder) : value === wanted;
  };
}
