import type { AttributeDefinition, ResourceType } from "./definition.ts";
import { foldString } from "./fold.ts";
import { isObject } from "./is-object.ts";

/** A value that no other resource of the type may have, in the form in which it is compared. */
export interface UniqueKey {
  /** The attribute's path, as an error should show it. */
  readonly attribute: string;
  /** Folded where the attribute is not case exact. */
  readonly key: string;
}

/**
 * The values of a canonical resource that must be unique: those of attributes and sub-attributes with uniqueness `server`
 * or `global` (RFC 7643 section 7). The id is not among them.
 */
export function uniqueValues(type: ResourceType, resource: Readonly<Record<string, unknown>>): UniqueKey[] {
  const found = new Map<string, UniqueKey>();
  collect(found, type.schema.attributes, resource, "");
  for (const { schema } of type.extensions) collect(found, schema.attributes, resource[schema.id], `${schema.id}:`);
  return [...found.values()];
}

function collect(
  found: Map<string, UniqueKey>,
  attributes: readonly AttributeDefinition[],
  container: unknown,
  prefix: string,
): void {
  if (!isObject(container)) return;
  for (const attribute of attributes) {
    const path = prefix + attribute.name;
    for (const value of elements(container[attribute.name])) {
      if (attribute.subAttributes !== undefined) collect(found, attribute.subAttributes, value, `${path}.`);
      else if (attribute.uniqueness !== "none") addKey(found, attribute, path, value);
    }
  }
}

function elements(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function addKey(found: Map<string, UniqueKey>, attribute: AttributeDefinition, path: string, value: unknown): void {
  const text = String(value);
  const key = attribute.caseExact ? text : foldString(text);
  found.set(JSON.stringify([path, key]), { attribute: path, key });
}
