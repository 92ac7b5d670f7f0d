import type { ResourceType } from "../../schema/attributes/definition.ts";

/** The URL of a resource (RFC 7643 section 3.1). */
export function locationOf(baseUrl: string, type: ResourceType, id: string): string {
  return `${baseUrl}${type.endpoint}/${encodeURIComponent(id)}`;
}
