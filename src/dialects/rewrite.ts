import type { Transform, TransformContext } from "../patch/dialect.ts";
import { findAttribute, findExtension, findSubAttribute } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";

/** Rewrites a value that was sent for an attribute; returns the same value if there is nothing to do. */
export type Rewrite = (attribute: AttributeDefinition, value: unknown) => unknown;

/** A raw operation or a part of a resource. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * A transform that rewrites values of attributes everywhere: in the body of a POST or PUT, in an operation with or
 * without a path, in complex values and their lists.
 */
export function rewriting(described: Pick<Transform, "name" | "why" | "link">, rewrite: Rewrite): Transform {
  return {
    ...described,
    operation: (operation, context) => {
      const changed = rewriteOperation(operation, context, rewrite);
      return changed === undefined ? undefined : [changed];
    },
    resource: (resource, { type }) => rewriteMembers(resource, type, rewrite),
  };
}

/** The operation with its value rewritten; undefined if that changes nothing. */
export function rewriteOperation(
  operation: Members,
  context: TransformContext,
  rewrite: Rewrite,
): Record<string, unknown> | undefined {
  const { path, value } = operation;
  if (value === undefined || isRemove(operation)) return undefined;
  const changed = rewriteAt(path, value, context, rewrite);
  return changed === value ? undefined : { ...operation, value: changed };
}

/** Whether `op` is `remove`, in any case. */
export function isRemove(operation: Members): boolean {
  return typeof operation.op === "string" && operation.op.toLowerCase() === "remove";
}

/** A resource, or a part of one, with its values rewritten; undefined if that changes nothing. */
export function rewriteMembers(
  members: Members,
  type: ResourceType,
  rewrite: Rewrite,
  extension?: string,
): Record<string, unknown> | undefined {
  return mapMembers(members, (name, value) => {
    const urn = extension === undefined ? findExtension(type, name) : undefined;
    if (urn !== undefined) return isObject(value) ? (rewriteMembers(value, type, rewrite, urn) ?? value) : value;
    const attribute = findAttribute(type, extension, name);
    return attribute === undefined ? value : rewriteValue(attribute, value, type, rewrite);
  });
}

function rewriteAt(path: unknown, value: unknown, context: TransformContext, rewrite: Rewrite): unknown {
  const { type } = context;
  if (path === undefined || path === null)
    return isObject(value) ? (rewriteMembers(value, type, rewrite) ?? value) : value;
  const place = context.locate(path);
  if (place === undefined) return value;
  const { extension, attribute, sub, filtered } = place;
  if (attribute === undefined)
    return isObject(value) ? (rewriteMembers(value, type, rewrite, extension) ?? value) : value;
  if (sub !== undefined) return rewrite(sub, value);
  return filtered ? rewriteParts(attribute, value, type, rewrite) : rewriteValue(attribute, value, type, rewrite);
}

function rewriteValue(attribute: AttributeDefinition, value: unknown, type: ResourceType, rewrite: Rewrite): unknown {
  const changed = rewrite(attribute, value);
  if (attribute.type !== "complex") return changed;
  if (!Array.isArray(changed)) return rewriteParts(attribute, changed, type, rewrite);
  return mapElements(changed, (element) => rewriteParts(attribute, element, type, rewrite));
}

function rewriteParts(attribute: AttributeDefinition, value: unknown, type: ResourceType, rewrite: Rewrite): unknown {
  if (!isObject(value)) return value;
  const changed = mapMembers(value, (name, part) => {
    const sub = findSubAttribute(type, attribute, name);
    return sub === undefined ? part : rewrite(sub, part);
  });
  return changed ?? value;
}

/** Changes the elements of a list; returns the same list if none changes. */
export function mapElements(list: readonly unknown[], change: (element: unknown) => unknown): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (const [position, element] of list.entries()) {
    const next = change(element);
    if (next === element) continue;
    changed ??= [...list];
    changed[position] = next;
  }
  return changed ?? list;
}

/**
 * Changes the members of an object; undefined if none changes. The copy is built from entries, so that a member called
 * `__proto__` stays a member.
 */
function mapMembers(
  members: Members,
  change: (name: string, value: unknown) => unknown,
): Record<string, unknown> | undefined {
  let changed: Map<string, unknown> | undefined;
  for (const name of Object.keys(members)) {
    const value = change(name, members[name]);
    if (value === members[name]) continue;
    changed ??= new Map(Object.entries(members));
    changed.set(name, value);
  }
  return changed && Object.fromEntries(changed);
}
