import type { AttributeDefinition } from "./definition.ts";

/** A value that may be set and is never shown, such as a password: kept apart from its resource. */
export function isSecret(attribute: AttributeDefinition): boolean {
  return attribute.returned === "never" || attribute.mutability === "writeOnly";
}
