import type { ComparisonValue } from "../path/tree.ts";
import type { Charge } from "./meter.ts";
import { isPresent } from "./presence.ts";

/** Whether a value satisfies a filter. */
export type Predicate<T> = (candidate: T) => boolean;

/**
 * Creates a predicate that follows these names, each in the value of the one before, and tests the values found there;
 * true if one passes. Without names the candidate itself is tested. Half a unit is charged for each
 * element of a list that is read.
 */
export function reach(names: readonly string[], test: Predicate<unknown>, charge?: Charge): Predicate<unknown> {
  return names.reduceRight((inner, name) => member(name, inner, charge), test);
}

/** As `reach` with `isPresent`. */
export function reachPresent(names: readonly string[], charge?: Charge): Predicate<unknown> {
  const last = names.at(-1);
  return last === undefined ? isPresent : reach(names.slice(0, -1), presentMember(last, charge), charge);
}

/** As `reach` with a test that only the wanted value passes. */
export function reachExact(names: readonly string[], wanted: ComparisonValue, charge?: Charge): Predicate<unknown> {
  const last = names.at(-1);
  if (last === undefined) return (value) => value === wanted;
  return reach(names.slice(0, -1), exactMember(last, wanted, charge), charge);
}

/**
 * Tests the member `name` of an object: each of its values that is not null, one of which must pass. Definitions have no
 * names of `Object.prototype`, so nothing inherited is ever read.
 */
function member(name: string, test: Predicate<unknown>, charge: Charge | undefined): Predicate<unknown> {
  return (holder) => {
    if (typeof holder !== "object" || holder === null) return false;
    const value = (holder as Record<string, unknown>)[name];
    if (value === undefined || value === null) return false;
    if (typeof value !== "object" || !Array.isArray(value)) return test(value);
    const found = firstPassing(value, test);
    charge?.((found < 0 ? value.length : found + 1) / 2);
    return found >= 0;
  };
}

function firstPassing(elements: readonly unknown[], test: Predicate<unknown>): number {
  for (let index = 0; index < elements.length; index += 1) {
    const element = elements[index];
    if (element !== undefined && element !== null && test(element)) return index;
  }
  return -1;
}

/** Most values are not objects: these are decided here, without calling another function. */
function presentMember(name: string, charge: Charge | undefined): Predicate<unknown> {
  const isAnyPresent = member(name, isPresent, charge);
  return (holder) => {
    if (typeof holder !== "object" || holder === null) return false;
    const value = (holder as Record<string, unknown>)[name];
    return typeof value === "object" ? isAnyPresent(holder) : value !== undefined && value !== "";
  };
}

function exactMember(name: string, wanted: ComparisonValue, charge: Charge | undefined): Predicate<unknown> {
  const isAnyWanted = member(name, (value) => value === wanted, charge);
  return (holder) => {
    if (typeof holder !== "object" || holder === null) return false;
    const value = (holder as Record<string, unknown>)[name];
    return typeof value === "object" ? isAnyWanted(holder) : value === wanted;
  };
}
