/** Deeper than anything that is stored. A deeper value is written as JSON, which rejects cycles. */
const MOST_NESTED = 64;

/**
 * A deeply frozen copy of `value` in the form of JSON: neither the caller nor a receiver can change it.
 *
 * @throws {TypeError} when it is not JSON data, such as a cycle or a BigInt
 */
export function frozenJson<T>(value: T): T {
  return (copied(value, 0) ?? deepFreeze(JSON.parse(JSON.stringify(value)))) as T;
}

/**
 * Copies and freezes in one pass, which takes a fifth of the time. Undefined for a value that is not plain data and has
 * another form in JSON: it must be written as JSON and parsed again.
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

/** Deeply freezes plain data, without a copy. It is a separate walk, since a reviver takes three times as long. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
