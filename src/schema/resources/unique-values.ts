import { foldString } from "../../values/fold.ts";
import { instantOf } from "../../values/instant.ts";
import { isObject } from "../../values/is-object.ts";
import { indexOf } from "../attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../attributes/definition.ts";

/** A value that no other resource of the type may have, in the form that is compared. */
export interface UniqueKey {
  /** The attribute's path, as an error should show it. */
  readonly attribute: string;
  /** Folded where the attribute is not case exact; of a dateTime the instant. */
  readonly key: string;
}

/**
 * The values of a canonical resource that must be unique: those of attributes and sub-attributes with uniqueness `server`
 * or `global` (RFC 7643 section 7). The id is not among them.
 */
export function uniqueValues(type: ResourceType, resource: Readonly<Record<string, unknown>>): UniqueKey[] {
  const found = new Map<string, UniqueKey>();
  for (const { definition, extension, unique } of indexOf(type).schemas.values()) {
    if (extension === undefined) collect(found, unique, resource, "");
    else collect(found, unique, resource[definition.id], `${definition.id}:`);
  }
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
  const key = keyOf(attribute, value);
  // No path contains a space.
  found.set(`${path} ${key}`, { attribute: path, key });
}

/** As filters compare: a value is taken exactly if `eq` finds it. */
function keyOf(attribute: AttributeDefinition, value: unknown): string {
  const text = String(value);
  if (attribute.type === "dateTime") return String(instantOf(text) ?? text);
  const isFolded = (attribute.type === "string" || attribute.type === "reference") && !attribute.caseExact;
  return isFolded ? foldString(text) : text;
}
