import type { Transform, TransformContext } from "../patch/dialect.ts";
import { findAttribute } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../schema/attributes/definition.ts";
import { isReference } from "../schema/attributes/reference.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { isRemove, type Members } from "./rewrite.ts";

/**
 * `remove` with the values to be removed in `value`. It never removes more than these: a value of another form is left
 * as it is, and refused later.
 */
export const removeWithValue: Transform = {
  name: "remove-with-value",
  why: "Entra ID, authentik and JumpCloud list the members to be removed in the value of a remove; it must never empty the group.",
  link: LINKS.entraCompatibility,
  operation: (operation, context) => {
    const { path, value } = operation;
    if (!isRemove(operation) || value === undefined || value === null) return undefined;
    return path === undefined || path === null ? removePathless(operation, context.type) : removeAt(operation, context);
  },
};

/** `{ "op": "remove", "value": { "members": […] } }` */
function removePathless(operation: Members, type: ResourceType): Record<string, unknown>[] | undefined {
  if (!isObject(operation.value)) return undefined;
  const pieces: Record<string, unknown>[] = [];
  for (const [name, value] of Object.entries(operation.value)) {
    const attribute = findAttribute(type, undefined, name);
    const ids = attribute?.multiValued ? readIds(attribute, value) : undefined;
    if (attribute === undefined || ids === undefined) return undefined;
    pieces.push({ op: "remove", path: attribute.name, removeValues: ids });
  }
  return pieces.length === 0 ? undefined : pieces;
}

function removeAt(operation: Members, context: TransformContext): Record<string, unknown>[] | undefined {
  const { value, ...rest } = operation;
  const place = context.locate(operation.path);
  if (place?.attribute === undefined) return undefined;
  const { attribute, sub, filtered } = place;
  const leaf = sub ?? attribute;
  if (!leaf.multiValued && (filtered || !attribute.multiValued)) {
    // There is at most one value, so that the path is enough.
    return leaf.type === "complex" && !isReference(leaf) ? undefined : [rest];
  }
  if (sub !== undefined) return undefined;
  const ids = readIds(attribute, value);
  if (ids !== undefined) return [{ ...rest, removeValues: ids }];
  const types = filtered ? undefined : readTypes(attribute, value);
  return types?.map((label) => ({ ...rest, path: `${String(operation.path)}[type eq ${JSON.stringify(label)}]` }));
}

/**
 * The `value`s in a list or in a single value, of objects or plain texts, perhaps nested under the attribute's name.
 */
function readIds(attribute: AttributeDefinition, value: unknown): string[] | undefined {
  const nested = isObject(value) ? memberCalled(value, attribute.name) : undefined;
  const listed = nested ?? value;
  const elements: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  const ids = elements.map((element) => (isObject(element) ? element.value : element));
  return ids.every((id) => typeof id === "string" && id !== "") ? (ids as string[]) : undefined;
}

function memberCalled(value: Members, name: string): unknown {
  return Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** The types in objects that have only `type`. */
function readTypes(attribute: AttributeDefinition, value: unknown): string[] | undefined {
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (isReference(attribute) || elements.length === 0) return undefined;
  const types = elements.map((element) =>
    isObject(element) && Object.keys(element).length === 1 ? element.type : undefined,
  );
  return types.every((label) => typeof label === "string" && label !== "") ? (types as string[]) : undefined;
}
