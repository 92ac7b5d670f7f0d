import type { AttributeDefinition } from "./definition.ts";

/** Whether an attribute identifies its resource: no two resources have the same value, as of `userName`. */
export function isIdentifying(attribute: AttributeDefinition): boolean {
  return attribute.uniqueness === "server" || attribute.uniqueness === "global";
}
