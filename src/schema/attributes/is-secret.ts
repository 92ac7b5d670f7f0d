import type { AttributeDefinition } from "./definition.ts";

/** Whether a value can be set and is never shown, such as a password: it is kept apart from its resource. */
export function isSecret(attribute: AttributeDefinition): boolean {
  return attribute.returned === "never" || attribute.mutability === "writeOnly";
}
