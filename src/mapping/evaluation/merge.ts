import { deepmergeCustom } from "deepmerge-ts";
import { remove, replacementOf } from "../expressions/markers.ts";
import { checkLeaf, isPlainObject, tellingKeys } from "../expressions/plain-data.ts";

/**
 * Merges what mappings returned, first to last, into one new plain object.
 *
 * Objects merge deeply; of two scalars, or of two values of different kinds, the later wins; lists append without
 * duplicates, where complex values with the same `value` and `type` are one value and merge in their place, and others
 * are the same when they are equal throughout. `replace([...])` puts a list in the place of what was there, `remove`
 * takes away what was there, `undefined` says nothing, `null` clears: it stays in the result. Nothing of the input is
 * shared with the result, or changed.
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
 * The one configured merge. It walks what both sides have; whatever only one side has, or one side wins, goes through
 * `settled`, which copies: the library itself hands such values on as they are.
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

/** A copy with its markers put into effect where there is nothing that they could affect. */
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

/** Equal exactly for values that are one value of a list. */
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
