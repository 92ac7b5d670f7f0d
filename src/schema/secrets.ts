import type { AttributeDefinition, ResourceType } from "./definition.ts";
import { isObject } from "./is-object.ts";
import { presentSchemas } from "./resource-schemas.ts";

/** A value that may be set and is never shown, such as a password: kept apart from its resource. */
export function isSecret(attribute: AttributeDefinition): boolean {
  return attribute.returned === "never" || attribute.mutability === "writeOnly";
}

/** A resource and what was taken out of it. */
export interface Taken {
  readonly resource: Record<string, unknown>;
  /** By path: `password`, `oath.secret`, within a list `devices[0].pin`. */
  readonly secrets: Record<string, unknown>;
}

/**
 * Takes the secrets out of a canonical resource, as `readResource` does on reading; `schemas` names what is left. The
 * resource given is not written to.
 */
export function takeSecrets(resource: Readonly<Record<string, unknown>>, type: ResourceType): Taken {
  const secrets: Record<string, unknown> = {};
  const rest = takeFromObject(type.schema.attributes, resource, "", secrets);
  for (const { schema } of type.extensions) {
    put(rest, schema.id, takeFrom(schema.attributes, rest[schema.id], { path: schema.id, separator: ":" }, secrets));
  }
  // An extension of which nothing is left is not there.
  if (rest.schemas !== undefined) rest.schemas = presentSchemas(type, rest);
  return { resource: rest, secrets };
}

function takeFromObject(
  attributes: readonly AttributeDefinition[],
  members: Readonly<Record<string, unknown>>,
  prefix: string,
  secrets: Record<string, unknown>,
): Record<string, unknown> {
  const rest: Record<string, unknown> = { ...members };
  for (const attribute of attributes) {
    const value = rest[attribute.name];
    const path = prefix + attribute.name;
    if (value === undefined) continue;
    if (isSecret(attribute)) {
      secrets[path] = value;
      put(rest, attribute.name, undefined);
    } else if (attribute.subAttributes?.some(isSecret)) {
      put(rest, attribute.name, takeFrom(attribute.subAttributes, value, { path, separator: "." }, secrets));
    }
  }
  return rest;
}

function takeFrom(
  attributes: readonly AttributeDefinition[],
  value: unknown,
  place: { readonly path: string; readonly separator: string },
  secrets: Record<string, unknown>,
): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element, position) =>
      takeFrom(attributes, element, { ...place, path: `${place.path}[${position}]` }, secrets),
    );
    const rest = elements.filter((element) => element !== undefined);
    return rest.length === 0 ? undefined : rest;
  }
  if (!isObject(value)) return value;
  const rest = takeFromObject(attributes, value, place.path + place.separator, secrets);
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function put(members: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) delete members[name];
  else members[name] = value;
}
