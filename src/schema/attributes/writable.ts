import type { AttributeDefinition } from "./definition.ts";

/** Whether a client can give an attribute a value at all: not where only the service provider sets it, or all within it. */
export function isWritable({ mutability, subAttributes }: AttributeDefinition): boolean {
  return mutability !== "readOnly" && (subAttributes === undefined || subAttributes.some(isWritable));
}
