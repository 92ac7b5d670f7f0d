import { deepmergeCustom } from "deepmerge-ts";
import { remove, replacementOf } from "../expressions/markers.ts";
import { checkLeaf, isPlainObject, tellingKeys } from "../expressions/plain-data.ts";

/**
 * Merges the results of mappings, first to last, into one new plain object.
 *
 * Objects are merged deeply. Of two scalars, or of two values of different kinds, the later one wins. Lists are joined
 * without duplicates: complex values with the same `value` and `type` count as one value and are merged; others are
 * duplicates if they are equal. `replace([...])` replaces the earlier list, `remove` removes the earlier value, and
 * `undefined` has no effect. `null` clears: it stays in the result. The result shares nothing with the input, and the
 * input is not changed.
 *
 * @throws {TypeError} when a value is not plain data, or nests more than 64 levels deep
 */
export function mergeMapped(...values: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  let merged: Record<string, unknown> = {};
  for (const value of values) {
    checkMapped(value, 0);
    merged = merge(merged, value) as Record<string, unknown>;
  }
  return merged;
}

/**
 * The only configured merge. It walks what both sides have. Values that only one side has, or that one side wins, go
 * through `settled`, which copies them: the library itself passes such values on as they are.
 */
const merge: (left: unknown, right: unknown) => unknown = deepmergeCustom({
  // What is undefined on every side goes on to `mergeOthers`, which leaves the key out.
  filterValues: (values) => {
    const telling = values.filter((value) => value !== undefined);
    return telling.length === 0 ? values : telling;
  },
  mergeArrays: (lists, utils) => appendWithoutDuplicates(lists, utils.deepmerge),
  mergeOthers: (values, utils, meta) => {
    const last: unknown = values.at(-1);
    const silent = last === remove || last === undefined || meta?.key === "__proto__";
    return silent ? utils.actions.skip : settled(last);
  },
});

/** A copy with resolved markers, for a place without an earlier value that they could affect. */
function settled(value: unknown): unknown {
  const list = replacementOf(value) ?? (Array.isArray(value) ? value : undefined);
  if (list !== undefined) return appendWithoutDuplicates([list], merge);
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key of tellingKeys(value)) if (value[key] !== remove) copy[key] = settled(value[key]);
  return copy;
}

function appendWithoutDuplicates(
  lists: readonly (readonly unknown[])[],
  mergeTwo: (left: unknown, right: unknown) => unknown,
): unknown[] {
  const byIdentity = new Map<string, unknown>();
  for (const item of lists.flat(1)) {
    const own = settled(item);
    const identity = identityOf(own);
    const known = byIdentity.get(identity);
    byIdentity.set(identity, known === undefined ? own : mergeTwo(known, own));
  }
  return [...byIdentity.values()];
}

/** Equal exactly for values that count as one value of a list. */
function identityOf(value: unknown): string {
  const keyed = isPlainObject(value) && value.value !== undefined && value.value !== null;
  return keyed ? `=${canonical([value.value, value.type ?? null])}` : canonical(value);
}

/** JSON with the keys of objects in order, so that equal data has equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isPlainObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function checkMapped(value: unknown, depth: number): void {
  if (value === remove) {
    if (depth === 0) throw new TypeError("remove can only be the value of an attribute, not a whole result");
    return;
  }
  const list = replacementOf(value) ?? (Array.isArray(value) ? value : undefined);
  checkLeaf(list ?? value, depth);
  if (list?.includes(remove)) throw new TypeError("remove cannot be a value of a list; use replace([...])");
  const parts = list ?? (isPlainObject(value) ? tellingKeys(value).map((key) => value[key]) : []);
  for (const part of parts) checkMapped(part, depth + 1);
}
