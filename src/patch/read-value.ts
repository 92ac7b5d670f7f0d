import { InvalidSyntaxError, InvalidValueError } from "../errors/request-errors.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { isReference } from "../schema/attributes/reference.ts";
import { expectedOf, isScalarOf } from "../schema/attributes/scalar.ts";
import { notAnObject, refuseEmptyReference, requireAttributes, useTypeName } from "../schema/resources/read-value.ts";
import { isObject } from "../values/is-object.ts";
import { shortened } from "../values/shortened.ts";
import { isNoValue } from "./equal.ts";
import { refuseImmutableChange } from "./mutability.ts";

/** Whether values are added to the present ones or replace them. */
export type Mode = "add" | "replace";

/**
 * Reads the values of a multi-valued attribute: a list, or one value alone (RFC 7644 section 3.5.2.1). Null means no
 * value.
 *
 * @throws {InvalidValueError} naming the attribute and what was expected
 */
export function readElements(attribute: AttributeDefinition, value: unknown, name: string): unknown[] {
  if (value === null) return [];
  if (!Array.isArray(value)) return [readElement(attribute, value, name)];
  return value.map((element: unknown, position) => readElement(attribute, element, `${name}[${position}]`));
}

/**
 * Reads one value of an attribute, names in canonical case.
 *
 * @throws {InvalidValueError} naming the attribute and what was expected
 */
export function readElement(attribute: AttributeDefinition, value: unknown, name: string): unknown {
  if (attribute.type !== "complex") return readScalar(attribute, value, name);
  return checkElement(attribute, mergeParts(attribute, {}, value, { mode: "replace", name }), name);
}

/**
 * Reads the value of a single-valued attribute that is not complex.
 *
 * @throws {InvalidValueError} naming the attribute and what was expected
 */
export function readScalar(attribute: AttributeDefinition, value: unknown, name: string): unknown {
  if (!isScalarOf(attribute.type, value)) {
    throw new InvalidValueError(`${name} must be ${expectedOf(attribute.type, value)}`, { attribute: name });
  }
  if (attribute.required && !attribute.multiValued && typeof value === "string" && value.trim() === "") {
    throw new InvalidValueError(`${name} is required and must not be empty`, { attribute: name });
  }
  return value;
}

/**
 * Checks an element of a multi-valued complex attribute as it will be stored: it is not empty, has its required
 * sub-attributes and, if it is a reference, a `value`.
 *
 * @throws {InvalidValueError} naming what is missing
 */
export function checkElement(
  attribute: AttributeDefinition,
  element: Record<string, unknown>,
  name: string,
): Record<string, unknown> {
  if (Object.keys(element).length === 0) {
    throw new InvalidValueError(`${name} has no sub-attribute with a value`, { attribute: name });
  }
  requireAttributes(attribute.subAttributes ?? [], element, `${name}.`);
  refuseEmptyReference(attribute, element, name);
  if (element.value === undefined && attribute.multiValued && isReference(attribute)) {
    throw new InvalidValueError(`${name}.value is required`, { attribute: `${name}.value` });
  }
  return element;
}

/** How `mergeParts` and `setPart` write. */
export interface Writing {
  readonly mode: Mode;
  /** The attribute as errors show it. */
  readonly name: string;
}

/**
 * Merges the sub-attributes of `value` into a complex value; the others stay (RFC 7644 section 3.5.2.3). Under
 * `replace`, null removes a sub-attribute. The given object is not changed.
 *
 * Read-only sub-attributes are left out as in a PUT (RFC 7644 section 3.5.1). Those that describe what a reference
 * referred to before, such as the name of a manager, go with it.
 *
 * @throws {InvalidValueError} for a value that is not an object, an unknown sub-attribute, or a value of another type
 * @throws {MutabilityError} when an immutable sub-attribute would change
 */
export function mergeParts(
  attribute: AttributeDefinition,
  present: Readonly<Record<string, unknown>>,
  value: unknown,
  writing: Writing,
): Record<string, unknown> {
  const { name } = writing;
  if (!isObject(value)) throw notAnObject(attribute, name);
  const parts = new Map(attribute.subAttributes?.map((sub) => [sub.name.toLowerCase(), sub]));
  const seen = new Set<AttributeDefinition>();
  let merged = { ...present };
  for (const [key, part] of Object.entries(value)) {
    const sub = parts.get(key.toLowerCase());
    if (sub === undefined) throw unknownAttribute(`${name}.${key}`, name);
    if (seen.has(sub)) throw new InvalidSyntaxError(`${name}.${sub.name} is given twice`);
    seen.add(sub);
    if (sub.mutability === "readOnly") continue;
    merged = setPart(merged, sub, part, writing);
  }
  useTypeName(attribute, merged);
  if (isReference(attribute) && merged.value !== present.value) {
    for (const sub of attribute.subAttributes ?? []) if (sub.mutability === "readOnly") delete merged[sub.name];
  }
  return merged;
}

/**
 * Sets one sub-attribute of a complex value or, under `replace`, removes it with null. The given object is not changed.
 *
 * @throws {InvalidValueError} for a value of another type
 * @throws {MutabilityError} when it is immutable and would change
 */
export function setPart(
  present: Readonly<Record<string, unknown>>,
  sub: AttributeDefinition,
  value: unknown,
  writing: Writing,
): Record<string, unknown> {
  const name = `${writing.name}.${sub.name}`;
  const old = present[sub.name];
  const next = isNoValue(value) ? undefined : readPart(sub, old, value, { mode: writing.mode, name });
  if (next === undefined && writing.mode === "add") return { ...present };
  refuseImmutableChange(sub, { old, next, name });
  const { [sub.name]: _, ...rest } = present;
  return next === undefined ? rest : { ...present, [sub.name]: next };
}

function readPart(sub: AttributeDefinition, old: unknown, value: unknown, { mode, name }: Writing): unknown {
  if (!sub.multiValued) return readScalar(sub, value, name);
  const given = readElements(sub, value, name);
  const kept = mode === "add" && Array.isArray(old) ? old : [];
  return [...new Set([...kept, ...given])];
}

/** The error for an unknown attribute in a value. */
export function unknownAttribute(path: string, owner: string): InvalidValueError {
  return new InvalidValueError(`${shortened(path, 120)} is not known to this resource type`, { attribute: owner });
}
