import { findAttribute, findExtension, findSubAttribute } from "../../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../../schema/attributes/definition.ts";
import { isObject } from "../../values/is-object.ts";

type Members = Readonly<Record<string, unknown>>;

/**
 * A resource as the schema spells it: names in canonical case (RFC 7643 section 2.1), and numbers as texts where the
 * attribute is one, such as the ids of members of a service provider whose ids are numbers. What the type does not declare
 * stays as it is.
 */
export function canonicalResource<T extends Members>(resource: T, type: ResourceType): T {
  return rename(resource, (name) => {
    const urn = findExtension(type, name);
    if (urn !== undefined) return { name: urn, read: (value) => extensionData(value, urn, type) };
    const attribute = findAttribute(type, undefined, name);
    return attribute && { name: attribute.name, read: (value) => canonicalValue(attribute, value, type) };
  }) as T;
}

function extensionData(value: unknown, urn: string, type: ResourceType): unknown {
  if (!isObject(value)) return value;
  return rename(value, (name) => {
    const attribute = findAttribute(type, urn, name);
    return attribute && { name: attribute.name, read: (part) => canonicalValue(attribute, part, type) };
  });
}

function canonicalValue(attribute: AttributeDefinition, value: unknown, type: ResourceType): unknown {
  if (Array.isArray(value)) return value.map((element) => elementOf(attribute, element, type));
  return elementOf(attribute, value, type);
}

function elementOf(attribute: AttributeDefinition, value: unknown, type: ResourceType): unknown {
  if (attribute.type !== "complex") return textOf(attribute, value);
  if (!isObject(value)) return value;
  return rename(value, (name) => {
    const sub = findSubAttribute(type, attribute, name);
    return sub && { name: sub.name, read: (part) => textOf(sub, part) };
  });
}

/** A number has one text only if it is a safe integer. */
function textOf({ type }: AttributeDefinition, value: unknown): unknown {
  const isText = type === "string" || type === "reference";
  return isText && typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
}

interface Known {
  readonly name: string;
  read(value: unknown): unknown;
}

/** The first of two members whose names differ only in case wins. A name that no prototype has stays a member. */
function rename(members: Members, known: (name: string) => Known | undefined): Members {
  const renamed = new Map<string, unknown>();
  for (const [name, value] of Object.entries(members)) {
    const found = known(name);
    const key = found?.name ?? name;
    if (!renamed.has(key)) renamed.set(key, found === undefined ? value : found.read(value));
  }
  return Object.fromEntries(renamed);
}
