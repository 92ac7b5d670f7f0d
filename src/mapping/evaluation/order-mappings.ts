import { compareUtf8 } from "../../values/utf8-order.ts";
import type { Mapping } from "../expressions/define-mapping.ts";

/**
 * The mappings in the order in which they apply: by name, in plain code-point order, whatever the locale.
 *
 * @throws {TypeError} when two of them have the same name
 */
export function orderMappings(mappings: readonly Mapping[]): readonly Mapping[] {
  const ordered = [...mappings].sort((a, b) => compareUtf8(a.name, b.name));
  for (const [index, mapping] of ordered.entries()) {
    if (ordered[index + 1]?.name === mapping.name) throw new TypeError(`Two mappings are named "${mapping.name}"`);
  }
  return Object.freeze(ordered);
}
