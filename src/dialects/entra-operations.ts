import type { Transform } from "../patch/dialect.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { LINKS } from "./links.ts";
import { rewriting } from "./rewrite.ts";

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

/** `"True"` for true, in values and in filters. */
export const quotedBooleans: Transform = {
  ...rewriting(
    {
      name: "quoted-booleans",
      why: "Entra ID sends booleans as the texts True and False, and compares with them in filters.",
      link: LINKS.entraCompatibility,
    },
    unquote,
  ),
  literal: "coerceBooleans",
};

function unquote(attribute: AttributeDefinition, value: unknown): unknown {
  if (attribute.type !== "boolean" || attribute.multiValued || typeof value !== "string") return value;
  const word = value.toLowerCase();
  return word === "true" ? true : word === "false" ? false : value;
}
