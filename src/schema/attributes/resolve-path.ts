import type { AttributePath } from "../../path/tree.ts";
import { type IndexedSchema, indexOf, type TypeIndex } from "./attribute-index.ts";
import type { ResolvedPath, ResourceType } from "./definition.ts";

/**
 * Looks an attribute path up in a resource type: names and URNs in any case (RFC 7644 section 3.10).
 *
 * Without a URN the name is one of the type's own schema or a common attribute; attributes of an extension need its
 * URN. A URN alone names the extension as a whole. `undefined` when there is no such attribute.
 */
export function resolvePath(type: ResourceType, path: AttributePath): ResolvedPath | undefined {
  const index = indexOf(type);
  const whole = findWholeSchema(index, path);
  if (whole !== undefined) {
    return whole.extension === undefined
      ? undefined
      : { extension: whole.extension, attribute: undefined, sub: undefined };
  }
  const schema = path.schema === undefined ? index.core : index.schemas.get(path.schema);
  const attribute = schema?.attributes.get(path.attribute);
  if (schema === undefined || attribute === undefined) return undefined;
  if (path.sub === undefined) return { extension: schema.extension, attribute, sub: undefined };
  const sub = index.subAttributes.get(attribute)?.get(path.sub);
  return sub === undefined ? undefined : { extension: schema.extension, attribute, sub };
}

/**
 * The split at the last colon may have cut a URN without an attribute, and the dot in its version looks like that of a
 * sub-attribute.
 */
function findWholeSchema(index: TypeIndex, path: AttributePath): IndexedSchema | undefined {
  if (path.schema === undefined) return undefined;
  const urn = `${path.schema}:${path.attribute}${path.sub === undefined ? "" : `.${path.sub}`}`;
  return index.schemas.get(urn);
}

/** The path in canonical case, as `resolvePath` would read it again. */
export function printResolvedPath(path: ResolvedPath): string {
  if (path.attribute === undefined) return path.extension ?? "";
  const prefix = path.extension === undefined ? "" : `${path.extension}:`;
  const suffix = path.sub === undefined ? "" : `.${path.sub.name}`;
  return `${prefix}${path.attribute.name}${suffix}`;
}
