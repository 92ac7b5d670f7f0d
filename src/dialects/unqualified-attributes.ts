import type { Transform, TransformContext } from "../patch/dialect.ts";
import { printPath } from "../path/print.ts";
import { indexOf } from "../schema/attributes/attribute-index.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { nestKeys } from "./nest-keys.ts";
import { isRemove } from "./rewrite.ts";

/** `manager` for `urn:…:User:manager`: an attribute that the type's own schema lacks and exactly one extension has. */
export const unqualifiedAttributes: Transform = {
  name: "unqualified-attributes",
  why: "Attribute mappings of Entra ID made by hand often lack the URN before attributes of the Enterprise User extension.",
  link: LINKS.entraAttributes,
  attributeName: qualified,
  resource: (resource, context) => {
    const bare = Object.keys(resource).flatMap((key) => {
      const path = qualified(key, context);
      return path === undefined ? [] : [{ key, path }];
    });
    return bare.length === 0 ? undefined : nestKeys(resource, bare, context);
  },
  operation: (operation, context) => {
    const { path, value } = operation;
    if (typeof path === "string") {
      const full = qualified(path, context);
      return full === undefined ? undefined : [{ ...operation, path: full }];
    }
    if (isRemove(operation) || (path !== undefined && path !== null) || !isObject(value)) return undefined;
    const bare = Object.entries(value).flatMap(([name, part]) => {
      const full = qualified(name, context);
      return full === undefined ? [] : [{ name, full, part }];
    });
    if (bare.length === 0) return undefined;
    const taken = new Set(bare.map(({ name }) => name));
    const rest = Object.entries(value).filter(([name]) => !taken.has(name));
    return [
      ...(rest.length === 0 ? [] : [{ ...operation, value: Object.fromEntries(rest) }]),
      ...bare.map(({ full, part }) => ({ ...operation, path: full, value: part })),
    ];
  },
};

function qualified(text: string, context: TransformContext): string | undefined {
  const path = context.parse(text);
  if (path === undefined || path.path.schema !== undefined) return undefined;
  const owner = extensionOf(path.path.attribute, context);
  return owner === undefined ? undefined : printPath({ ...path, path: { ...path.path, schema: owner } });
}

/** The only extension that has an attribute that the type's own schema lacks. */
function extensionOf(name: string, { type }: TransformContext): string | undefined {
  const { core, schemas } = indexOf(type);
  if (core.attributes.has(name)) return undefined;
  const owners = [...schemas.values()].flatMap(({ extension, attributes }) =>
    extension !== undefined && attributes.has(name) ? [extension] : [],
  );
  return owners.length > 1 ? undefined : owners[0];
}
