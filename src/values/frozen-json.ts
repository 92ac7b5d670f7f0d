/** Nested deeper than anything that is stored; beyond it, a ring is looked for in the way of JSON. */
const MOST_NESTED = 64;

/**
 * What `value` becomes by way of JSON, frozen to the bottom: a copy that neither the giver nor a receiver can change.
 *
 * @throws {TypeError} when it is not JSON data, such as a ring or a BigInt
 */
export function frozenJson<T>(value: T): T {
  return (copied(value, 0) ?? frozen(JSON.parse(JSON.stringify(value)))) as T;
}

/**
 * Copies and freezes in one go, which takes a fifth of the time. Undefined for what is more than plain data, and so means
 * something else in JSON: that has to be written and read.
 */
function copied(value: unknown, depth: number): unknown {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value || 0 : null;
  if (typeof value !== "object" || depth > MOST_NESTED || "toJSON" in value) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return copiedList(value as readonly unknown[], depth);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    if (part === undefined) continue;
    const own = name === "__proto__" ? undefined : copied(part, depth + 1);
    if (own === undefined) return undefined;
    copy[name] = own;
  }
  return Object.freeze(copy);
}

function copiedList(list: readonly unknown[], depth: number): unknown {
  const copy: unknown[] = [];
  for (const element of list) {
    const own = copied(element, depth + 1);
    if (own === undefined) return undefined;
    copy.push(own);
  }
  return Object.freeze(copy);
}

/** By a walk of its own: a reviver takes three times as long. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
