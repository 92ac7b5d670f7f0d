import { missingPatchSchemas, missingResourceSchemas } from "../../dialects/messages.ts";
import { RequestPaths } from "../../patch/request-paths.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";

/**
 * Adds a missing `schemas` to the data of an operation: method and path define it, and RFC 7644 itself leaves it out of
 * a PATCH (section 3.7.3, errata 5050 and 7916).
 */
export function completeSchemas(
  data: Readonly<Record<string, unknown>>,
  method: string,
  type: ResourceType,
): Readonly<Record<string, unknown>> {
  const context = new RequestPaths(type);
  if (method === "PATCH") return missingPatchSchemas.message?.(data, context) ?? data;
  return missingResourceSchemas.resource?.(data, context) ?? data;
}
