import type { Mapping } from "./define-mapping.ts";

/**
 * The mappings in the order in which they apply: by name, in plain code-point order, whatever the locale.
 *
 * @throws {TypeError} when two of them have the same name
 */
export function orderMappings(mappings: readonly Mapping[]): readonly Mapping[] {
  const ordered = [...mappings].sort((a, b) => compareCodePoints(a.name, b.name));
  for (const [index, mapping] of ordered.entries()) {
    if (ordered[index + 1]?.name === mapping.name) throw new TypeError(`Two mappings are named "${mapping.name}"`);
  }
  return Object.freeze(ordered);
}

/** `<` compares UTF-16 units, which puts characters beyond U+FFFF before some that come earlier. */
function compareCodePoints(a: string, b: string): number {
  const others = b[Symbol.iterator]();
  for (const character of a) {
    const other = others.next();
    if (other.done === true) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return others.next().done === true ? 0 : -1;
}
