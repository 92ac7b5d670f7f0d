import { NoTargetError } from "../errors/request-errors.ts";
import { requireAttributes } from "../schema/resources/read-value.ts";
import { isObject } from "../values/is-object.ts";
import type { Draft } from "./draft.ts";
import type { ElementList } from "./element-list.ts";
import { isNoValue, isUnassigned } from "./equal.ts";
import { refuseImmutableChange, refuseReadOnly, refuseRequired, unassign } from "./mutability.ts";
import { checkElement, type Mode, mergeParts, readElement, readElements, readScalar, setPart } from "./read-value.ts";
import { selectMatches } from "./select.ts";
import { type AttributeTarget, type ElementFilter, type Place, placeName } from "./target.ts";

/** A value to write. */
export interface Assignment {
  readonly mode: Mode;
  readonly value: unknown;
  /** Whether to create an element from the filter's equality terms if the filter matches nothing. */
  readonly createTarget: boolean;
}

/**
 * Adds a value to an attribute or replaces its value (RFC 7644 sections 3.5.2.1 and 3.5.2.3).
 *
 * @throws {InvalidValueError} when the value does not fit
 * @throws {MutabilityError} when the attribute, or what a null would clear, must not be changed
 * @throws {NoTargetError} when the filter of the path matches nothing
 */
export function assign(draft: Draft, target: AttributeTarget, assignment: Assignment): void {
  refuseReadOnly(target);
  const { attribute } = target;
  const old = attribute.mutability === "immutable" ? draft.read(target) : undefined;
  if (target.filter !== undefined) assignToMatches(draft, target, target.filter, assignment);
  else if (target.sub === undefined) assignWhole(draft, target, assignment);
  else if (attribute.multiValued) assignToEach(draft.list(target), target, assignment);
  else assignPart(draft, target, assignment);
  if (old !== undefined) {
    refuseImmutableChange(attribute, { old, next: draft.read(target), name: placeName(target) });
  }
  // A null can remove the last sub-attribute of the last element.
  if (attribute.required && isNoValue(assignment.value) && isAbsent(draft, target)) {
    refuseRequired(attribute, placeName(target));
  }
}

function isAbsent(draft: Draft, place: Place): boolean {
  return place.attribute.multiValued ? draft.list(place).size === 0 : draft.read(place) === undefined;
}

function assignWhole(draft: Draft, place: Place, { mode, value }: Assignment): void {
  const { attribute } = place;
  const name = placeName(place);
  if (isNoValue(value)) {
    if (mode === "replace") unassign(draft, place);
    return;
  }
  if (attribute.multiValued) {
    const elements = readElements(attribute, value, name);
    const list = draft.list(place);
    if (mode === "replace") list.replaceAll(elements);
    else for (const element of elements) list.add(element);
  } else if (attribute.type === "complex") {
    const present = draft.read(place);
    writeComplex(draft, place, mergeParts(attribute, isObject(present) ? present : {}, value, { mode, name }));
  } else {
    draft.write(place, readScalar(attribute, value, name));
  }
}

function assignPart(draft: Draft, target: AttributeTarget, { mode, value }: Assignment): void {
  const present = draft.read(target);
  const { sub } = target;
  if (sub === undefined) return;
  const name = placeName(target);
  writeComplex(draft, target, setPart(isObject(present) ? present : {}, sub, value, { mode, name }));
}

function writeComplex(draft: Draft, place: Place, value: Record<string, unknown>): void {
  if (isUnassigned(value)) {
    if (draft.read(place) !== undefined) unassign(draft, place);
    return;
  }
  requireAttributes(place.attribute.subAttributes ?? [], value, `${placeName(place)}.`);
  draft.write(place, value);
}

function assignToMatches(draft: Draft, target: AttributeTarget, filter: ElementFilter, assignment: Assignment): void {
  const { attribute, sub } = target;
  const { mode, value } = assignment;
  const list = draft.list(target);
  const positions = selectMatches(list, target, filter);
  if (positions.length === 0) {
    makeElement(list, target, filter, assignment);
    return;
  }
  const name = placeName(target);
  if (sub !== undefined) {
    for (const position of positions) assignPartAt(list, position, target, assignment);
  } else if (mode === "replace" && isNoValue(value)) {
    for (const position of positions) list.remove(position);
    if (list.size === 0) unassign(draft, target);
  } else if (mode === "replace") {
    list.replace(positions, readElement(attribute, value, name));
  } else {
    for (const position of positions) mergeInto(list, position, target, value);
  }
}

function mergeInto(list: ElementList, position: number, place: Place, value: unknown): void {
  const { attribute } = place;
  const name = placeName(place);
  const present = list.at(position);
  if (!isObject(present)) {
    list.replace([position], readElement(attribute, value, name));
    return;
  }
  list.set(position, checkElement(attribute, mergeParts(attribute, present, value, { mode: "add", name }), name));
}

/** Without a filter, a sub-attribute of a multi-valued attribute is that of every element. */
function assignToEach(list: ElementList, target: AttributeTarget, assignment: Assignment): void {
  const positions = list.select(() => true);
  for (const position of positions) assignPartAt(list, position, target, assignment);
  if (positions.length === 0 && !isNoValue(assignment.value)) list.add(elementWith({}, target, assignment));
}

function assignPartAt(list: ElementList, position: number, target: AttributeTarget, { mode, value }: Assignment): void {
  const present = list.at(position);
  const { attribute, sub } = target;
  if (sub === undefined || !isObject(present)) return;
  const name = placeName(target);
  const next = setPart(present, sub, value, { mode, name });
  if (Object.keys(next).length === 0) list.remove(position);
  else list.set(position, checkElement(attribute, next, name));
}

/** The RFC does not define an `add` whose filter matches nothing; identity providers mean a new element. */
function makeElement(list: ElementList, target: AttributeTarget, filter: ElementFilter, assignment: Assignment): void {
  const { attribute } = target;
  const isWanted = assignment.mode === "add" || assignment.createTarget;
  const { terms } = filter;
  // Only the service provider sets read-only values, so that no element is created from them.
  const isWritable = terms?.every(({ sub }) => sub?.mutability !== "readOnly");
  if (!isWanted || terms === undefined || !isWritable || attribute.type !== "complex") {
    throw new NoTargetError(`The filter matches no value of ${placeName(target)}`);
  }
  if (isNoValue(assignment.value)) return;
  const element: Record<string, unknown> = {};
  for (const { sub, value } of terms) if (sub !== undefined) element[sub.name] = sub.multiValued ? [value] : value;
  list.add(elementWith(element, target, assignment));
}

function elementWith(
  given: Record<string, unknown>,
  target: AttributeTarget,
  { value }: Assignment,
): Record<string, unknown> {
  const { attribute, sub } = target;
  const name = placeName(target);
  const writing = { mode: "replace", name } as const;
  const element =
    sub === undefined ? mergeParts(attribute, given, value, writing) : setPart(given, sub, value, writing);
  return checkElement(attribute, element, name);
}
