import type { AttributeDefinition } from "./definition.ts";

/** Whether a client can set an attribute: not if it, or everything in it, is read-only. */
export function isWritable({ mutability, subAttributes }: AttributeDefinition): boolean {
  return mutability !== "readOnly" && (subAttributes === undefined || subAttributes.some(isWritable));
}
