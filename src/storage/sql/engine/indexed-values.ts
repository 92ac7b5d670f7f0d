import { isText } from "../../../schema/attributes/scalar.ts";
import { foldString } from "../../../values/fold.ts";
import { instantOf } from "../../../values/instant.ts";
import { isObject } from "../../../values/is-object.ts";
import { splitUrn } from "../../../values/split-urn.ts";
import { numberKey } from "../../driver/order-key.ts";
import { FORM } from "./search-document.ts";

/** The paths that are always indexed: identity providers look users and groups up by them. */
export const ALWAYS_INDEXED: readonly string[] = ["externalId", "displayName", "emails.value"];

/**
 * The most characters of a value in the index; PostgreSQL allows about 2700 bytes. Longer values are compared in the
 * row too.
 */
const MAX_KEY = 200;

/** A value of a resource in the index. */
export interface IndexedValue {
  /** In lower case. */
  readonly path: string;
  /** The form (see `FORM`) and the value in it, shortened. */
  readonly key: string;
}

/** The paths to index, as the index names them. */
export function indexedPaths(more: readonly string[]): ReadonlySet<string> {
  return new Set([...ALWAYS_INDEXED, ...more].map((path) => path.toLowerCase()));
}

/** The key of a value in one of its forms. */
export function indexKey(form: string, value: string): string {
  const cut = value.slice(0, MAX_KEY);
  return form + (cut.isWellFormed() ? cut : cut.slice(0, -1));
}

/** Whether the index has the whole value, so that no longer value has the same key. */
export function isShortKey(value: string): boolean {
  return value.length < MAX_KEY;
}

/** All values of a resource that the index holds, each once. */
export function indexedValues(
  attributes: Readonly<Record<string, unknown>>,
  paths: ReadonlySet<string>,
): readonly IndexedValue[] {
  const found = new Map<string, IndexedValue>();
  for (const path of paths) {
    for (const value of valuesAt([attributes], namesIn(path))) {
      for (const key of keysOf(value)) found.set(JSON.stringify([path, key]), { path, key });
    }
  }
  return [...found.values()];
}

/** A path's names: the URN of an extension, if any, the attribute, the sub-attribute, if any. */
function namesIn(path: string): string[] {
  const { urn, name } = splitUrn(path);
  return urn === undefined ? name.split(".") : [urn, ...name.split(".")];
}

function valuesAt(values: readonly unknown[], [name, ...rest]: readonly string[]): readonly unknown[] {
  if (name === undefined) return values;
  const inner = values.filter(isObject).flatMap((holder) => {
    const own = Object.keys(holder).find((key) => key.toLowerCase() === name);
    return own === undefined ? [] : holder[own];
  });
  return valuesAt(inner, rest);
}

function keysOf(value: unknown): string[] {
  if (typeof value === "number") return [indexKey(FORM.number, numberKey(value))];
  if (typeof value === "boolean") return [indexKey(FORM.boolean, String(value))];
  if (typeof value !== "string" || !isText(value)) return [];
  const instant = instantOf(value);
  const key = indexKey(FORM.folded, foldString(value));
  return instant === undefined ? [key] : [key, indexKey(FORM.instant, numberKey(instant))];
}
