import { foldString } from "../../values/fold.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import type { AnyMapping } from "../expressions/define-mapping.ts";

/**
 * The mappings in the order in which they apply: by name, whatever the locale. Upper and lower case are equal, and runs of
 * the digits 0 to 9 compare as numbers, so that `Title 9` comes before `title 10`.
 *
 * The built-in mappings are called `00 …`: a mapping whose name begins with a letter is applied after them and wins.
 *
 * @throws {TypeError} when two names are equal in this order
 */
export function orderMappings<M extends AnyMapping>(mappings: readonly M[]): readonly M[] {
  const folded = mappings.map((mapping) => ({ mapping, name: foldString(mapping.name) }));
  const digits = Math.max(0, ...folded.map(({ name }) => name.length));
  const keyed = folded.map(({ mapping, name }) => ({ mapping, key: withNumbersOf(digits, name) }));
  keyed.sort((a, b) => compareUtf8(a.key, b.key));
  for (const [index, { mapping, key }] of keyed.entries()) {
    const next = keyed[index + 1];
    if (next?.key === key) throw sameName(mapping.name, next.mapping.name);
  }
  return Object.freeze(keyed.map(({ mapping }) => mapping));
}

/** Numbers of the same number of digits compare as texts do. */
function withNumbersOf(digits: number, name: string): string {
  return name.replaceAll(/[0-9]+/g, (number) => number.replace(/^0+/, "").padStart(digits, "0"));
}

function sameName(one: string, other: string): TypeError {
  if (one === other) return new TypeError(`Two mappings are named "${one}"`);
  return new TypeError(
    `The mappings "${one}" and "${other}" have the same place in the order of names; ` +
      "names must differ in more than upper and lower case and leading zeros",
  );
}
