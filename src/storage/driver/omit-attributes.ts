import type { StoredResource } from "../stored-resource.ts";

/** The resource without these top-level attributes. */
export function omitAttributes(resource: StoredResource, omit: readonly string[] | undefined): StoredResource {
  if (omit === undefined || !omit.some((name) => Object.hasOwn(resource.attributes, name))) return resource;
  const attributes = { ...resource.attributes };
  for (const name of omit) delete attributes[name];
  return Object.freeze({ ...resource, attributes: Object.freeze(attributes) });
}
