import { missingPatchSchemas, missingResourceSchemas } from "../../dialects/messages.ts";
import { RequestPaths } from "../../patch/request-paths.ts";
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
  const context = new RequestPaths(type);
  if (method === "PATCH") return missingPatchSchemas.message?.(data, context) ?? data;
  return missingResourceSchemas.resource?.(data, context) ?? data;
}
