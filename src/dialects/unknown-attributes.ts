import type { Transform, TransformContext } from "../patch/dialect.ts";
import { findAttribute, findExtension, findSubAttribute, indexOf } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { isRemove, type Members, mapElements } from "./rewrite.ts";

/** Drops attributes that no schema of the type has. An unknown attribute in a path stays an error. */
export const dropUnknownAttributes: Transform = {
  name: "drop-unknown-attributes",
  why: "Okta, authentik and others send attributes of their own that they do not expect back.",
  link: LINKS.okta,
  operation: (operation, context) => {
    const { path, value } = operation;
    if (isRemove(operation)) return undefined;
    if (path === undefined || path === null) return dropFromPathless(operation, context);
    const changed = dropAt(path, value, context);
    return changed === value ? undefined : [{ ...operation, value: changed }];
  },
  resource: (resource, context) => {
    const kept = dropUnknown(resource, context) ?? resource;
    const schemas = knownSchemas(kept.schemas, context);
    if (kept === resource && schemas === kept.schemas) return undefined;
    return { ...kept, schemas };
  },
};

function dropFromPathless(operation: Members, context: TransformContext): Record<string, unknown>[] | undefined {
  const { value } = operation;
  if (!isObject(value)) return undefined;
  const kept = dropUnknown(value, context);
  if (kept === undefined) return undefined;
  return Object.keys(kept).length === 0 ? [] : [{ ...operation, value: kept }];
}

/** Whether a name is that of an attribute or of a schema, or a path, which a transform reads after this one. */
function isKnownName(name: string, context: TransformContext): boolean {
  const { type } = context;
  const isName = findAttribute(type, undefined, name) !== undefined || indexOf(type).schemas.has(name);
  return isName || context.locate(name) !== undefined;
}

function knownSchemas(schemas: unknown, context: TransformContext): unknown {
  if (!Array.isArray(schemas)) return schemas;
  const known = schemas.filter((urn) => typeof urn !== "string" || isSchema(urn, context));
  return known.length === schemas.length ? schemas : known;
}

function isSchema(urn: string, context: TransformContext): boolean {
  const isKnown = indexOf(context.type).schemas.has(urn);
  if (!isKnown) context.drop(urn);
  return isKnown;
}

/** Members without the unknown ones; undefined if all are known. */
function dropUnknown(members: Members, context: TransformContext): Record<string, unknown> | undefined {
  const { type } = context;
  return keepEntries(members, (name, value) => {
    if (!isKnownName(name, context)) {
      context.drop(name);
      return undefined;
    }
    const extension = findExtension(type, name);
    if (extension !== undefined) return [name, dropFromExtension(value, extension, context)];
    const attribute = findAttribute(type, undefined, name);
    return [name, attribute === undefined ? dropAt(name, value, context) : dropFromValue(attribute, value, context)];
  });
}

function dropFromExtension(value: unknown, extension: string, context: TransformContext): unknown {
  if (!isObject(value)) return value;
  const kept = keepEntries(value, (name, part) => {
    const attribute = findAttribute(context.type, extension, name);
    if (attribute === undefined) context.drop(`${extension}:${name}`);
    return attribute === undefined ? undefined : [name, dropFromValue(attribute, part, context)];
  });
  return kept ?? value;
}

function dropAt(path: unknown, value: unknown, context: TransformContext): unknown {
  const place = context.locate(path);
  if (place === undefined || place.sub !== undefined) return value;
  if (place.attribute !== undefined) return dropFromValue(place.attribute, value, context);
  return place.extension === undefined ? value : dropFromExtension(value, place.extension, context);
}

function dropFromValue(attribute: AttributeDefinition, value: unknown, context: TransformContext): unknown {
  if (attribute.type !== "complex") return value;
  if (!Array.isArray(value)) return dropParts(attribute, value, context);
  return mapElements(value, (element) => dropParts(attribute, element, context));
}

/**
 * An object with unknown parts only stays as it is, and is refused later: without its parts it would mean "no value".
 */
function dropParts(attribute: AttributeDefinition, value: unknown, context: TransformContext): unknown {
  if (!isObject(value)) return value;
  const unknown: string[] = [];
  const kept = keepEntries(value, (name, part) => {
    if (findSubAttribute(context.type, attribute, name) !== undefined) return [name, part];
    unknown.push(name);
    return undefined;
  });
  if (kept === undefined || Object.keys(kept).length === 0) return value;
  for (const name of unknown) context.drop(`${attribute.name}.${name}`);
  return kept;
}

/**
 * Keeps, drops or changes the members of an object; undefined if none changes. The copy is built from entries, so that
 * a member called `__proto__` never becomes a prototype.
 */
function keepEntries(
  members: Members,
  keep: (name: string, value: unknown) => readonly [string, unknown] | undefined,
): Record<string, unknown> | undefined {
  let kept: Map<string, unknown> | undefined;
  for (const name of Object.keys(members)) {
    const entry = keep(name, members[name]);
    if (entry !== undefined && entry[1] === members[name]) continue;
    kept ??= new Map(Object.entries(members));
    if (entry === undefined) kept.delete(name);
    else kept.set(...entry);
  }
  return kept && Object.fromEntries(kept);
}
