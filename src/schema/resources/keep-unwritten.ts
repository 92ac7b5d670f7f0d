import { isObject } from "../../values/is-object.ts";
import { valueKey } from "../../values/value-key.ts";
import type { AttributeDefinition, ResourceType } from "../attributes/definition.ts";
import { presentSchemas } from "../attributes/resource-schemas.ts";
import { isWritable } from "../attributes/writable.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * A replacement cannot remove what its client cannot write (RFC 7644 section 3.5.1): returns the resource `after`,
 * completed with the read-only and immutable attributes of `before` that it lacks. A new object; neither argument is
 * changed.
 *
 * If a part of a complex attribute or of an extension is kept that the replacement lacks completely, its required
 * attributes are kept with it. Read-only sub-attributes describe the value that they belong to, so that they stay only
 * with it: in a reference with the same `value`, in a list with an element that is otherwise the same.
 */
export function keepUnwritten(type: ResourceType, before: Values, after: Values): Record<string, unknown> {
  const kept = fill(type.schema.attributes, before, after);
  for (const { schema } of type.extensions) {
    const old = asObject(before[schema.id]);
    const data = fill(schema.attributes, old, asObject(after[schema.id]));
    if (Object.keys(data).length > 0) kept[schema.id] = withRequired(schema.attributes, old, data);
  }
  if (kept.schemas !== undefined) kept.schemas = presentSchemas(type, kept);
  return kept;
}

function fill(attributes: readonly AttributeDefinition[], before: Values, after: Values): Record<string, unknown> {
  const filled: Record<string, unknown> = { ...after };
  for (const attribute of attributes) {
    const old = before[attribute.name];
    if (old === undefined || old === null) continue;
    const next = fillValue(attribute, old, filled[attribute.name]);
    if (next !== undefined) filled[attribute.name] = next;
  }
  return filled;
}

function fillValue(attribute: AttributeDefinition, old: unknown, given: unknown): unknown {
  const { mutability, multiValued, subAttributes } = attribute;
  if (mutability === "immutable" || !isWritable(attribute)) return given ?? old;
  if (subAttributes === undefined) return given;
  if (multiValued) return Array.isArray(given) ? fillElements(subAttributes, old, given) : given;
  const present = asObject(old);
  const filled = fill(
    subAttributes.filter((sub) => sub.mutability === "immutable"),
    present,
    asObject(given),
  );
  if (!isObject(given)) return Object.keys(filled).length > 0 ? withRequired(subAttributes, present, filled) : given;
  return isAbout(given, present) ? withReadOnly(subAttributes, present, filled) : filled;
}

/** What was sent has all required attributes, so that what lacks one was not sent. */
function withRequired(attributes: readonly AttributeDefinition[], old: Values, kept: Values): Record<string, unknown> {
  const required = attributes.filter(({ name, required }) => required && old[name] !== undefined);
  return { ...Object.fromEntries(required.map(({ name }) => [name, old[name]])), ...kept };
}

/** Whether two values mean the same thing, which their `value` tells. */
function isAbout(given: Values, present: Values): boolean {
  return given.value === present.value;
}

function fillElements(subs: readonly AttributeDefinition[], old: unknown, given: readonly unknown[]): unknown[] {
  const readOnly = subs.filter((sub) => sub.mutability === "readOnly");
  if (readOnly.length === 0 || !Array.isArray(old)) return [...given];
  const before = new Map(old.filter(isObject).map((element) => [writtenKey(element, readOnly), element] as const));
  return given.map((element) => {
    const same = isObject(element) ? before.get(writtenKey(element, readOnly)) : undefined;
    return isObject(element) && same !== undefined ? withReadOnly(subs, same, element) : element;
  });
}

function writtenKey(element: Values, readOnly: readonly AttributeDefinition[]): string {
  const names = new Set(readOnly.map((sub) => sub.name));
  return valueKey(Object.fromEntries(Object.entries(element).filter(([name]) => !names.has(name))));
}

function withReadOnly(subs: readonly AttributeDefinition[], old: Values, value: Values): Record<string, unknown> {
  const labels = subs.filter((sub) => sub.mutability === "readOnly" && old[sub.name] !== undefined);
  return { ...Object.fromEntries(labels.map((sub) => [sub.name, old[sub.name]])), ...value };
}

function asObject(value: unknown): Values {
  return isObject(value) ? value : {};
}
