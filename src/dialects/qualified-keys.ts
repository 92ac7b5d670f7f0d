import type { Transform, TransformContext } from "../patch/dialect.ts";
import { indexOf } from "../schema/attributes/attribute-index.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { isRemove } from "./rewrite.ts";

/** Keys such as `name.givenName` and `urn:…:User:department`, in a resource or in the value of an operation without path. */
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
  resource: (resource, context) => {
    const places = Object.keys(resource).flatMap((key) => placeOf(key, context) ?? []);
    if (places.length === 0) return undefined;
    const moved = new Map(Object.entries(resource));
    for (const { key, names } of places) {
      const value = moved.get(key);
      moved.delete(key);
      // What is there already, or is not an object, is refused later under the name that was sent.
      if (!put(moved, names, value)) moved.set(key, value);
    }
    return Object.fromEntries(moved);
  },
};

/** Whether a key is a path that `qualifiedKeys` reads in a resource. */
export function isQualifiedKey(key: string, context: TransformContext): boolean {
  return placeOf(key, context) !== undefined;
}

/** An extension's URN holds its data as an object (RFC 7643 section 3.3); anything longer is a path. */
function isQualified(key: string, type: ResourceType): boolean {
  return /[.:[]/.test(key) && !indexOf(type).schemas.has(key.toLowerCase());
}

/** A key, and the names of the objects in which its value belongs, from outside. */
interface Place {
  readonly key: string;
  readonly names: readonly [string, ...string[]];
}

function placeOf(key: string, context: TransformContext): Place | undefined {
  if (!isQualified(key, context.type)) return undefined;
  const located = context.locate(key);
  const { extension, attribute, sub, filtered } = located ?? {};
  if (attribute === undefined || filtered === true || (sub !== undefined && attribute.multiValued)) return undefined;
  const [first, ...others] = [extension, attribute.name, sub?.name].filter((name) => name !== undefined);
  return first === undefined ? undefined : { key, names: [first, ...others] };
}

/** Puts a value into nested objects, which are copied. False if something else is there. */
function put(members: Map<string, unknown>, [name, ...rest]: readonly [string, ...string[]], value: unknown): boolean {
  const key = [...members.keys()].find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
  const present = members.get(key);
  const [next, ...others] = rest;
  if (next === undefined) {
    if (members.has(key)) return false;
    members.set(key, value);
    return true;
  }
  if (present !== undefined && present !== null && !isObject(present)) return false;
  const inner = new Map(Object.entries(present ?? {}));
  if (!put(inner, [next, ...others], value)) return false;
  members.set(key, Object.fromEntries(inner));
  return true;
}
