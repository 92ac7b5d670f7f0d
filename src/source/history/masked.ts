import { isObject } from "../../values/is-object.ts";

const DEEPEST = 8;
const MOST_ELEMENTS = 5;
const MOST_NAMES = 40;
const LONGEST_NAME = 200;
const MOST_VALUES = 500;

/** Values of these say how a request is meant, and nothing about a person. */
const OPEN_NAMES: ReadonlySet<string> = new Set([
  "schemas",
  "op",
  "primary",
  "active",
  "method",
  "bulkid",
  "count",
  "startindex",
]);

/** Names of attributes that may be followed by a filter with values. */
const PATH_NAMES: ReadonlySet<string> = new Set(["path", "filter"]);

/**
 * A copy of a JSON value that shows its form: names, types and lengths, and no values of persons. `"string(8)"` is
 * a text of eight characters. Booleans, null and the empty text stay. It is cut at a depth of 8, 5 elements of an
 * array, 40 names of an object, and 500 values in all.
 */
export function masked(value: unknown): unknown {
  return maskAt(value, "", { depth: 0, left: { values: MOST_VALUES } });
}

/** A filter, a path or a query without the values that are compared. */
export function maskedLiterals(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"?/gs, '"…"').slice(0, 500);
}

interface Place {
  readonly depth: number;
  readonly left: { values: number };
}

function maskAt(value: unknown, name: string, place: Place): unknown {
  if (value === null || typeof value === "boolean" || value === "") return value;
  if (typeof value === "string") return maskText(value, name);
  if (typeof value === "number") return OPEN_NAMES.has(name) ? value : "number";
  place.left.values -= 1;
  if (place.depth >= DEEPEST || place.left.values < 0) return "…";
  const inner = { depth: place.depth + 1, left: place.left };
  if (Array.isArray(value)) return maskElements(value, name, inner);
  return isObject(value) ? maskMembers(value, inner) : undefined;
}

function maskText(text: string, name: string): string {
  if (OPEN_NAMES.has(name)) return text.slice(0, LONGEST_NAME);
  if (PATH_NAMES.has(name)) return maskedLiterals(text);
  // Identity providers that quote booleans are a frequent question.
  if (/^(?:true|false)$/i.test(text)) return text;
  return `string(${text.length})`;
}

function maskElements(elements: readonly unknown[], name: string, place: Place): unknown[] {
  const shown = elements.slice(0, MOST_ELEMENTS).map((element) => maskAt(element, name, place));
  const left = elements.length - shown.length;
  return left === 0 ? shown : [...shown, `… ${left} more`];
}

function maskMembers(members: Readonly<Record<string, unknown>>, place: Place): Record<string, unknown> {
  const names = Object.keys(members);
  const shown = names
    .slice(0, MOST_NAMES)
    .map(
      (name) =>
        [maskedLiterals(name).slice(0, LONGEST_NAME), maskAt(members[name], name.toLowerCase(), place)] as const,
    );
  const left = names.length - shown.length;
  return Object.fromEntries(left === 0 ? shown : [...shown, ["…", `${left} more`]]);
}
