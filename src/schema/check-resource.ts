import { InvalidSyntaxError, InvalidValueError, MutabilityError } from "../errors/request-errors.ts";
import { indexOf } from "./attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "./definition.ts";
import { isObject, readValue, requireAttributes } from "./read-value.ts";
import { valueKey } from "./value-key.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Checks a canonical resource as it would be after a PATCH: types, required attributes, at most one `primary` in a list.
 * What only the service provider sets is not looked at, nor are names that the type does not know.
 *
 * @throws {InvalidValueError} when a value is missing or not of its attribute's type
 */
export function checkResource(resource: Values, type: ResourceType): void {
  checkMembers(type, type.schema.attributes, resource, "");
  for (const { schema, required } of type.extensions) {
    const data = resource[schema.id];
    if (isObject(data)) {
      checkMembers(type, schema.attributes, data, `${schema.id}:`);
    } else if (data !== undefined || required) {
      const fault = data === undefined ? "is required" : "must be an object";
      throw new InvalidValueError(`${schema.id} ${fault}`, { attribute: schema.id });
    }
  }
}

function checkMembers(
  type: ResourceType,
  attributes: readonly AttributeDefinition[],
  members: Values,
  prefix: string,
): void {
  const reading = { index: indexOf(type), unknown: refuseUnknown, secrets: {} };
  for (const attribute of attributes) {
    if (attribute.mutability === "readOnly") continue;
    readValue(reading, attribute, members[attribute.name], prefix + attribute.name);
  }
  requireAttributes(attributes, members, prefix);
}

function refuseUnknown(path: string): void {
  throw new InvalidSyntaxError(`${path} is not known to this resource type`);
}

/**
 * Checks that no immutable attribute which had a value has another one, or none, after a change (RFC 7643 section 7).
 *
 * Both are canonical. Immutable sub-attributes of a list's elements are not compared: an element has no identity but its
 * values, so another value is another element.
 *
 * @throws {MutabilityError} naming the attribute
 */
export function checkImmutable(type: ResourceType, before: Values, after: Values): void {
  compareImmutable([...indexOf(type).core.attributes.values()], before, after, "");
  for (const { schema } of type.extensions) {
    compareImmutable(schema.attributes, asObject(before[schema.id]), asObject(after[schema.id]), `${schema.id}:`);
  }
}

function compareImmutable(
  attributes: readonly AttributeDefinition[],
  before: Values,
  after: Values,
  prefix: string,
): void {
  for (const attribute of attributes) {
    const old = before[attribute.name];
    if (old === undefined || old === null) continue;
    const path = prefix + attribute.name;
    if (attribute.mutability === "immutable") {
      if (valueKey(old) !== valueKey(after[attribute.name])) {
        throw new MutabilityError(path, `${path} cannot be changed once it has a value`);
      }
    } else if (attribute.subAttributes !== undefined && !attribute.multiValued) {
      compareImmutable(attribute.subAttributes, asObject(old), asObject(after[attribute.name]), `${path}.`);
    }
  }
}

function asObject(value: unknown): Values {
  return isObject(value) ? value : {};
}
