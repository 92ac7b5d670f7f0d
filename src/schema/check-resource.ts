import { InvalidSyntaxError, InvalidValueError } from "../errors/request-errors.ts";
import { indexOf } from "./attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "./definition.ts";
import { isObject } from "./is-object.ts";
import { readValue, requireAttributes } from "./read-value.ts";

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
