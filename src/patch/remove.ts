import { InvalidValueError, NoTargetError } from "../errors/request-errors.ts";
import { isObject } from "../values/is-object.ts";
import type { Operation } from "./dialect.ts";
import type { Draft } from "./draft.ts";
import type { ElementList } from "./element-list.ts";
import { refuseImmutableChange, refuseReadOnly, refuseRequired, removeExtension, unassign } from "./mutability.ts";
import { checkElement, setPart } from "./read-value.ts";
import { isSchemas, removeSchemas } from "./schemas.ts";
import { selectMatches, selectValue } from "./select.ts";
import { type AttributeTarget, placeName } from "./target.ts";

/**
 * Applies a `remove` operation (RFC 7644 section 3.5.2.2). To remove what does not exist is not an error.
 *
 * @throws {NoTargetError} without a path
 * @throws {InvalidValueError} with a value: in the RFC the path alone says what is removed, for some clients the value
 * does; to read it as "remove all" would lose data
 * @throws {MutabilityError} for a required, read-only or immutable attribute
 */
export function removeAt(draft: Draft, operation: Operation): void {
  if (operation.path === undefined) throw new NoTargetError("remove needs a path");
  if (operation.value !== undefined) {
    throw new InvalidValueError("remove takes no value: name the values to be removed in a filter of the path");
  }
  const target = draft.paths.target(operation.path);
  if (target.type === "resource") throw new NoTargetError("remove needs a path");
  if (target.type === "extension") removeExtension(draft, target.extension);
  else if (isSchemas(target)) removeSchemas(draft, target, operation.removeValues);
  else removeAttribute(draft, target, operation.removeValues);
}

function removeAttribute(draft: Draft, target: AttributeTarget, values: readonly string[] | undefined): void {
  refuseReadOnly(target);
  const { attribute, sub, filter } = target;
  if (attribute.multiValued && (filter !== undefined || sub !== undefined || values !== undefined)) {
    removeElements(draft, target, values);
  } else if (sub === undefined) {
    unassign(draft, target);
  } else {
    removePart(draft, target);
  }
}

function removePart(draft: Draft, target: AttributeTarget): void {
  const { sub } = target;
  const present = draft.read(target);
  if (sub === undefined) return;
  refuseRequired(sub, placeName(target, sub));
  if (!isObject(present)) return;
  const next = setPart(present, sub, null, { mode: "replace", name: placeName(target) });
  if (Object.keys(next).length === 0) unassign(draft, target);
  else draft.write(target, next);
}

function removeElements(draft: Draft, target: AttributeTarget, values: readonly string[] | undefined): void {
  const { attribute } = target;
  const list = draft.list(target);
  const isImmutable = attribute.mutability === "immutable";
  const old = isImmutable ? draft.read(target) : undefined;
  if (target.sub !== undefined) refuseRequired(target.sub, placeName(target, target.sub));
  for (const position of positionsOf(list, target, values)) {
    if (target.sub === undefined) list.remove(position);
    else removePartAt(list, position, target);
  }
  if (list.size === 0) refuseRequired(attribute, placeName(target));
  // Only where needed: to read a list takes time linear in its length, and there may be many operations.
  if (isImmutable) refuseImmutableChange(attribute, { old, next: draft.read(target), name: placeName(target) });
}

function positionsOf(
  list: ElementList,
  target: AttributeTarget,
  values: readonly string[] | undefined,
): readonly number[] {
  const { filter } = target;
  if (values !== undefined) return values.flatMap((value) => selectValue(list, target, value));
  return filter === undefined ? list.select(() => true) : selectMatches(list, target, filter);
}

function removePartAt(list: ElementList, position: number, target: AttributeTarget): void {
  const present = list.at(position);
  const { attribute, sub } = target;
  if (sub === undefined || !isObject(present)) return;
  const name = placeName(target);
  const next = setPart(present, sub, null, { mode: "replace", name });
  if (Object.keys(next).length === 0) list.remove(position);
  else list.set(position, checkElement(attribute, next, name));
}
