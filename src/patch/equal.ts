import { isObject } from "../values/is-object.ts";
import { valueKey } from "../values/value-key.ts";

/**
 * Whether a value of a client means that there is none: null or an empty list (RFC 7643 section 2.5). An object with
 * empty parts does not.
 */
export function isNoValue(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/**
 * Whether an attribute with this value is unassigned: null and an empty list count as absent (RFC 7643 section 2.5).
 */
export function isUnassigned(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.every(isUnassigned);
  return typeof value === "object" && Object.values(value).every(isUnassigned);
}

/** Whether two values are the same to SCIM: the order of elements does not count (RFC 7643 section 2.4). */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right || (isUnassigned(left) && isUnassigned(right))) return true;
  if (Array.isArray(left) && Array.isArray(right)) return sameElements(left, right);
  // Most parts of a resource are the same objects before and after, and need no key.
  if (isObject(left) && isObject(right)) return sameMembers(left, right);
  return sameKey(left, right);
}

/** Elements that are the same object in the same place need no key: of a long list, most are. */
function sameElements(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  const others = [...left.keys()].filter((position) => left[position] !== right[position]);
  const at = (elements: readonly unknown[]) => others.map((position) => elements[position]);
  return others.length === 0 || sameKey(at(left), at(right));
}

/** Equal texts were recognised before this. */
function sameKey(left: unknown, right: unknown): boolean {
  return !(typeof left === "string" && typeof right === "string") && valueKey(left) === valueKey(right);
}

function sameMembers(left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length || !names.every((name) => Object.hasOwn(right, name))) return false;
  return names.every((name) => sameMember(left[name], right[name]));
}

function sameMember(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  return Array.isArray(left) && Array.isArray(right) ? sameElements(left, right) : sameKey(left, right);
}
