import { MutabilityError } from "../../errors/request-errors.ts";
import { isObject } from "../../values/is-object.ts";
import { valueKey } from "../../values/value-key.ts";
import { indexOf } from "../attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../attributes/definition.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Checks that no immutable attribute with a value has another one, or none, after a change (RFC 7643 section 7).
 *
 * Both are canonical. Immutable sub-attributes of a list's elements are not compared: an element has no identity except
 * its values, so that another value is another element.
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
        throw new MutabilityError(`${path} cannot be changed once it has a value`, { attribute: path });
      }
    } else if (attribute.subAttributes !== undefined && !attribute.multiValued) {
      compareImmutable(attribute.subAttributes, asObject(old), asObject(after[attribute.name]), `${path}.`);
    }
  }
}

function asObject(value: unknown): Values {
  return isObject(value) ? value : {};
}
