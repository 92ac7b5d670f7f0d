import type { Transform, TransformContext } from "../patch/dialect.ts";
import { printPath } from "../path/print.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { isReference } from "../schema/attributes/reference.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { type Members, rewriteMembers, rewriteOperation, rewriting } from "./rewrite.ts";

/** `manager: "id"` for `manager: { value: "id" }`; an empty text clears it. */
export const managerAsString: Transform = {
  name: "manager-as-string",
  why: "Entra ID sends a manager as the bare id, and clears it with an empty text.",
  link: LINKS.entraManager,
  operation: (operation, context) => {
    const changed = rewriteOperation(operation, context, wrapReference);
    if (changed === undefined) return undefined;
    const place = context.locate(operation.path);
    const clears = changed.value === null && place?.attribute !== undefined;
    return [clears ? { ...changed, op: "replace" } : changed];
  },
  resource: (resource, { type }) => rewriteMembers(resource, type, wrapReference),
};

function wrapReference(attribute: AttributeDefinition, value: unknown): unknown {
  if (attribute.multiValued || !isReference(attribute) || typeof value !== "string") return value;
  return value === "" ? null : { value };
}

/** `["x"]` or `[{ "value": "x" }]` for an attribute with a single value. */
export const wrappedScalars: Transform = rewriting(
  {
    name: "wrapped-scalars",
    why: "Entra ID wraps the value of a single-valued attribute in a list of one.",
    link: LINKS.entraScim,
  },
  (attribute, value) => {
    if (attribute.multiValued || !Array.isArray(value) || value.length !== 1) return value;
    const [only] = value as unknown[];
    const isWrapped = attribute.type !== "complex" && isObject(only) && only.value !== undefined;
    return isWrapped ? only.value : only;
  },
);

/** `roles[].value` holding the whole role as JSON text. */
export const jsonTextRoles: Transform = {
  name: "json-text-roles",
  why: "The app role expressions of Entra ID send a role as JSON text in the value of a role.",
  link: LINKS.entraAttributes,
  operation: (operation, context) => {
    const parts = rolePartsAt(operation, context);
    if (parts !== undefined) return parts;
    const changed = rewriteOperation(operation, context, readRoles);
    return changed === undefined ? undefined : [changed];
  },
  resource: (resource, { type }) => rewriteMembers(resource, type, readRoles),
};

function isRoles(attribute: AttributeDefinition | undefined): boolean {
  return attribute?.name === "roles" && attribute.multiValued && attribute.type === "complex";
}

function readRoles(attribute: AttributeDefinition, value: unknown): unknown {
  if (!isRoles(attribute)) return value;
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  const read = elements.map(readRole);
  if (read.every((element, position) => element === elements[position])) return value;
  return Array.isArray(value) ? read : read[0];
}

/** JSON text behind `roles[…].value`: one operation for each part, and `value` last, as the filter may name it. */
function rolePartsAt(operation: Members, context: TransformContext): Record<string, unknown>[] | undefined {
  const place = context.locate(operation.path);
  if (place?.sub?.name !== "value" || !place.filtered || !isRoles(place.attribute)) return undefined;
  const role = readRole(operation.value);
  if (role === operation.value || !isObject(role)) return undefined;
  const { value, ...labels } = role;
  return Object.entries({ ...labels, value }).map(([name, part]) => ({
    ...operation,
    path: printPath({ ...place.path, sub: name }),
    value: part,
  }));
}

function readRole(element: unknown): unknown {
  const text = isObject(element) ? element.value : element;
  const role = typeof text === "string" && text.trimStart().startsWith("{") ? parseObject(text) : undefined;
  if (role === undefined || typeof role.value !== "string") return element;
  const display = role.display ?? role.displayName;
  return {
    ...(isObject(element) ? element : {}),
    value: role.value,
    ...(typeof display === "string" ? { display } : {}),
    ...(typeof role.type === "string" ? { type: role.type } : {}),
    ...(typeof role.primary === "boolean" ? { primary: role.primary } : {}),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The URN that only Entra ID has for groups. */
const ENTRA_GROUP_URN = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

/** A second, private URN in `schemas`, in addition to that of Group. */
export const entraGroupUrn: Transform = {
  name: "entra-group-urn",
  why: "Entra ID sends a URN of its own in addition to that of Group when it creates a group.",
  link: LINKS.entraScim,
  resource: (resource) => {
    const { schemas } = resource;
    if (!Array.isArray(schemas) || !schemas.includes(ENTRA_GROUP_URN)) return undefined;
    return { ...resource, schemas: schemas.filter((urn) => urn !== ENTRA_GROUP_URN) };
  },
};
