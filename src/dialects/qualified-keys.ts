import type { Transform } from "../patch/dialect.ts";
import { indexOf } from "../schema/attributes/attribute-index.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { nestKeys } from "./nest-keys.ts";
import { isRemove } from "./rewrite.ts";

/** Keys such as `name.givenName` and `urn:…:User:department`, in an operation without path and in a body. */
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
    const keys = Object.keys(resource).filter((key) => isQualified(key, context.type));
    if (keys.length === 0) return undefined;
    return nestKeys(
      resource,
      keys.map((key) => ({ key, path: key })),
      context,
    );
  },
};

/** An extension's URN holds its data as an object (RFC 7644 section 3.3); anything longer is a path. */
function isQualified(key: string, type: ResourceType): boolean {
  return /[.:[]/.test(key) && !indexOf(type).schemas.has(key.toLowerCase());
}
