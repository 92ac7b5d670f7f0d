import type { Transform } from "../patch/dialect.ts";
import { findAttribute } from "../schema/attributes/attribute-index.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { isRemove } from "./rewrite.ts";

/**
 * `id`, `meta`, `schemas` and the like in the value of an operation without path: they identify the resource and change
 * nothing.
 */
export const pathlessReadOnly: Transform = {
  name: "pathless-read-only",
  why: "Okta and authentik repeat id and schemas of the resource in the value of a replace without path.",
  link: LINKS.okta,
  operation: (operation, { type }) => {
    const { path, value } = operation;
    if (isRemove(operation) || (path !== undefined && path !== null) || !isObject(value)) return undefined;
    const entries = Object.entries(value);
    const kept = entries.filter(([name]) => !isGiven(name, type));
    if (kept.length === entries.length) return undefined;
    return kept.length === 0 ? [] : [{ ...operation, value: Object.fromEntries(kept) }];
  },
};

function isGiven(name: string, type: ResourceType): boolean {
  const attribute = findAttribute(type, undefined, name);
  return attribute !== undefined && (attribute.mutability === "readOnly" || attribute.name === "schemas");
}
