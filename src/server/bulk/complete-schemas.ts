import { missingPatchSchemas, missingResourceSchemas } from "../../dialects/messages.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";

/**
 * The data of an operation with `schemas`, where it was left out: method and path say what it is, and RFC 7644 itself
 * leaves it out of a PATCH (section 3.7.3, errata 5050 and 7916).
 */
export function completeSchemas(
  data: Readonly<Record<string, unknown>>,
  method: string,
  type: ResourceType,
): Readonly<Record<string, unknown>> {
  if (method === "PATCH") return missingPatchSchemas.message?.(data, { type }) ?? data;
  return missingResourceSchemas.resource?.(data, { type }) ?? data;
}
