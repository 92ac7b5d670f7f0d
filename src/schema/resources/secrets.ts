import { isObject } from "../../values/is-object.ts";
import { indexOf } from "../attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../attributes/definition.ts";
import { isSecret } from "../attributes/is-secret.ts";
import { presentSchemas } from "../attributes/resource-schemas.ts";

/** A resource and its secrets. */
export interface Taken {
  readonly resource: Record<string, unknown>;
  /** By path: `password`, `oath.secret`, within a list `devices[0].pin`. */
  readonly secrets: Record<string, unknown>;
}

/**
 * Separates the secrets from a canonical resource, as `readResource` does; `schemas` names the remaining extensions.
 * The given resource is not changed.
 */
export function takeSecrets(resource: Readonly<Record<string, unknown>>, type: ResourceType): Taken {
  const secrets: Record<string, unknown> = {};
  const { core, schemas } = indexOf(type);
  const rest = takeFromObject(core.secret, resource, "", secrets);
  for (const { extension, secret } of schemas.values()) {
    if (extension === undefined) continue;
    const data = rest[extension];
    // The same object if it has no secrets, so that it need not be compared again.
    if (secret.length === 0 && isObject(data) && Object.keys(data).length > 0) continue;
    put(rest, extension, takeFrom(secret, data, { path: extension, separator: ":" }, secrets));
  }
  // An extension without remaining data is dropped.
  if (rest.schemas !== undefined) rest.schemas = sameOr(rest.schemas, presentSchemas(type, rest));
  return { resource: rest, secrets };
}

/** The former list if it is equal, so that it need not be compared again. */
function sameOr(before: unknown, after: readonly string[]): unknown {
  if (!Array.isArray(before) || before.length !== after.length) return after;
  return after.every((urn, position) => urn === before[position]) ? before : after;
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
