/** How deeply the result of a mapping, and the object that it is computed from, may nest. */
const MAX_DEPTH = 64;

/** Whether a value is a JSON object: not a list, not an instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The keys of an object that count: not those whose value is `undefined`, and not `__proto__`. */
export function tellingKeys(record: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(record).filter((key) => key !== "__proto__" && record[key] !== undefined);
}

/**
 * A frozen copy of plain data, without values that are `undefined` and without keys named `__proto__`.
 *
 * @throws {TypeError} when it nests more than 64 levels deep (a cycle does), or contains what JSON cannot represent
 */
export function frozenCopy(value: unknown, depth = 0): unknown {
  checkLeaf(value, depth);
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item, depth + 1)));
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key of tellingKeys(value)) copy[key] = frozenCopy(value[key], depth + 1);
  return Object.freeze(copy);
}

/**
 * A frozen copy of plain data in which anything else (a date, an instance of a class) stays as it is: an application's
 * objects have values that mappings do not use.
 *
 * @throws {TypeError} when it nests more than 64 levels deep (a cycle does)
 */
export function frozenView(value: unknown, depth = 0): unknown {
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  if (depth > MAX_DEPTH) throw new TypeError(`The data nests more than ${MAX_DEPTH} levels deep`);
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenView(item, depth + 1)));
  const copy: Record<string, unknown> = {};
  for (const key of tellingKeys(value)) copy[key] = frozenView(value[key], depth + 1);
  return Object.freeze(copy);
}

/** Rejects a value that is not plain data; the caller checks the content of lists and objects. @throws {TypeError} */
export function checkLeaf(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw new TypeError(`The data nests more than ${MAX_DEPTH} levels deep`);
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (Array.isArray(value) || isPlainObject(value)) return;
  throw new TypeError(`${describe(value)} is not plain data; use strings, finite numbers, booleans, lists and objects`);
}

function describe(value: unknown): string {
  if (typeof value === "number") return "A number that is not finite";
  if (typeof value !== "object" || value === null) return `A ${typeof value}`;
  return "An instance of a class";
}
