import type { AttributeDefinition } from "./definition.ts";

/** The sub-attribute with this name in canonical case. */
export function subAttribute(attribute: AttributeDefinition, name: string): AttributeDefinition | undefined {
  return attribute.subAttributes?.find((sub) => sub.name === name);
}

/**
 * Whether values of the attribute refer to resources, such as `members` and `manager`: they have `value` and `$ref`
 * (RFC 7643 section 2.4). `value` alone identifies the resource; the other sub-attributes describe it.
 */
export function isReference(attribute: AttributeDefinition): boolean {
  return subAttribute(attribute, "value") !== undefined && subAttribute(attribute, "$ref") !== undefined;
}
