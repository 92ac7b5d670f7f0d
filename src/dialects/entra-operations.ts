import type { Transform, TransformContext } from "../patch/dialect.ts";
import type { LocatedPath } from "../patch/request-paths.ts";
import { printPath } from "../path/print.ts";
import type { FilterLeaf } from "../path/tree.ts";
import { mapLeaves } from "../path/walk-tree.ts";
import { findSubAttribute, indexOf } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { isRemove, type Members, rewriteMembers, rewriteOperation } from "./rewrite.ts";

/** `Add`, `Replace`, `Remove`; the element that `Replace` addresses through a filter is created if it is missing. */
export const capitalisedOp: Transform = {
  name: "capitalised-op",
  why: "Entra ID writes Add, Replace and Remove, and its Replace with a filter also creates an element that does not exist yet.",
  link: LINKS.entraFilteredReplace,
  operation: (operation) => {
    const { op } = operation;
    if (typeof op !== "string" || !/^[A-Z]/.test(op)) return undefined;
    const word = op.toLowerCase();
    return [{ ...operation, op: word, createTarget: word === "replace" || undefined }];
  },
};

/** Keys such as `name.givenName` and `urn:…:User:department` in the value of an operation without path. */
export const qualifiedKeys: Transform = {
  name: "qualified-keys",
  why: "Entra ID puts dotted and URN-prefixed attribute paths as keys into the value of an operation without path.",
  link: LINKS.entraCompatibility,
  operation: (operation, { type }) => {
    const { path, value } = operation;
    if (path !== undefined || isRemove(operation) || !isObject(value)) return undefined;
    const entries = Object.entries(value);
    const qualified = entries.filter(([key]) => isQualified(key, type));
    if (qualified.length === 0) return undefined;
    const plain = entries.filter(([key]) => !isQualified(key, type));
    return [
      ...(plain.length === 0 ? [] : [{ ...operation, value: Object.fromEntries(plain) }]),
      ...qualified.map(([path, part]) => ({ ...operation, path, value: part })),
    ];
  },
};

/** An extension's URN holds its data as an object (RFC 7643 section 3.3); anything longer is a path. */
function isQualified(key: string, type: ResourceType): boolean {
  return /[.:[]/.test(key) && !indexOf(type).schemas.has(key.toLowerCase());
}

/** `"True"` for true, in values and in the filters of paths. */
export const quotedBooleans: Transform = {
  name: "quoted-booleans",
  why: "Entra ID sends booleans as the texts True and False, and compares with them in filters.",
  link: LINKS.entraCompatibility,
  literal: "coerceBooleans",
  operation: (operation, context) => {
    const withPath = unquotePath(operation, context);
    const withValue = rewriteOperation(withPath ?? operation, context, unquote) ?? withPath;
    return withValue === undefined ? undefined : [withValue];
  },
  resource: (resource, { type }) => rewriteMembers(resource, type, unquote),
};

function unquote(attribute: AttributeDefinition, value: unknown): unknown {
  if (attribute.type !== "boolean" || attribute.multiValued || typeof value !== "string") return value;
  const word = value.toLowerCase();
  return word === "true" ? true : word === "false" ? false : value;
}

function unquotePath(operation: Members, context: TransformContext): Record<string, unknown> | undefined {
  const place = context.locate(operation.path);
  const filter = place?.path.filter;
  if (place === undefined || filter === undefined) return undefined;
  let isChanged = false;
  const unquoted = mapLeaves(filter, (leaf) => {
    const changed = unquoteLeaf(leaf, place, context.type);
    isChanged ||= changed !== leaf;
    return changed;
  });
  return isChanged ? { ...operation, path: printPath({ ...place.path, filter: unquoted }) } : undefined;
}

function unquoteLeaf(leaf: FilterLeaf, { attribute }: LocatedPath, type: ResourceType): FilterLeaf {
  if (leaf.type !== "comparison" || attribute === undefined) return leaf;
  const sub = findSubAttribute(type, attribute, leaf.path.attribute);
  const value = sub === undefined ? leaf.value : unquote(sub, leaf.value);
  return value === leaf.value || typeof value !== "boolean" ? leaf : { ...leaf, value };
}
