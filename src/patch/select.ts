import { InvalidValueError } from "../errors/request-errors.ts";
import { isReference } from "../schema/attributes/reference.ts";
import { foldString } from "../values/fold.ts";
import { isObject } from "../values/is-object.ts";
import { shortened } from "../values/shortened.ts";
import type { ElementList } from "./element-list.ts";
import { type AttributeTarget, type ElementFilter, placeName } from "./target.ts";

/**
 * The positions of the elements that a filter selects. Of references with an id, the one with exactly this id comes
 * first; otherwise the only one whose id is equal when folded.
 *
 * @throws {InvalidValueError} when several references have the id in another case
 */
export function selectMatches(list: ElementList, target: AttributeTarget, filter: ElementFilter): readonly number[] {
  const positions = list.select(filter.matches, filter.value);
  if (filter.value === undefined || !isReference(target.attribute)) return positions;
  return meant(list, positions, { id: filter.value, target });
}

/**
 * The positions of the elements with this `value`; of references as `selectMatches` has it.
 *
 * @throws {InvalidValueError} when several references have the id in another case
 */
export function selectValue(list: ElementList, target: AttributeTarget, value: string): readonly number[] {
  const matches = target.filter?.matches ?? (() => true);
  if (!isReference(target.attribute)) {
    return list.select((element) => valueIn(element) === value && matches(element), value);
  }
  const folded = foldString(value);
  const isNamed = (element: unknown): boolean => {
    const own = valueIn(element);
    return typeof own === "string" && foldString(own) === folded && matches(element);
  };
  return meant(list, list.select(isNamed, value), { id: value, target });
}

function meant(
  list: ElementList,
  positions: readonly number[],
  { id, target }: { readonly id: string; readonly target: AttributeTarget },
): readonly number[] {
  const exact = positions.filter((position) => valueIn(list.at(position)) === id);
  if (exact.length > 0) return exact;
  if (list.exactIds.has(id)) return [];
  const ids = new Set(positions.map((position) => valueIn(list.at(position))));
  if (ids.size <= 1) return positions;
  const name = placeName(target);
  throw new InvalidValueError(`${name}: several values have this id in another case: ${shortened(id, 64)}`, {
    attribute: name,
  });
}

function valueIn(element: unknown): unknown {
  return isObject(element) ? element.value : element;
}
