import type { Transform } from "../patch/dialect.ts";
import { isReference } from "../schema/attributes/reference.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { mapElements, rewriting } from "./rewrite.ts";

/** `"id"` for `{ "value": "id" }` among members, and members nested once more under their own name. */
export const memberShorthand: Transform = rewriting(
  {
    name: "member-shorthand",
    why: "Scripts and Entra ID's older connectors send members as a list of plain ids, or as an object that has them under the name members.",
    link: LINKS.entraCompatibility,
  },
  (attribute, value) => {
    if (!attribute.multiValued || !isReference(attribute)) return value;
    const listed = nestedIn(value, attribute.name) ?? value;
    if (!Array.isArray(listed)) return listed;
    return mapElements(listed, (element) => (typeof element === "string" ? { value: element } : element));
  },
);

/** The list in `{ "members": […] }`, and nothing if the object has anything else. */
function nestedIn(value: unknown, name: string): unknown {
  const [only, ...others] = isObject(value) ? Object.entries(value) : [];
  if (only === undefined || others.length > 0 || only[0].toLowerCase() !== name.toLowerCase()) return undefined;
  return Array.isArray(only[1]) ? only[1] : undefined;
}
