import { numberInText } from "../filter/fit-literal.ts";
import type { Transform } from "../patch/dialect.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import { type Rewrite, rewriteMembers, rewriteOperation, rewriting } from "./rewrite.ts";
import { rewritePathFilter } from "./rewrite-filter.ts";

/** One value for a multi-valued attribute in the body of a POST or PUT. In a PATCH the RFC itself allows it. */
export const singleObjects: Transform = {
  name: "single-objects",
  why: "The templates of OneLogin send a single value of a multi-valued attribute without a list.",
  link: LINKS.oneLogin,
  resource: (resource, { type }) =>
    rewriteMembers(resource, type, (attribute, value) => {
      const isAlone = attribute.type === "complex" ? isObject(value) : typeof value === "string";
      return attribute.multiValued && isAlone && attribute.name !== "schemas" ? [value] : value;
    }),
};

/** Attributes whose values are often numbers in a directory. */
const OFTEN_NUMBERS: ReadonlySet<string> = new Set(["externalId", "employeeNumber", "costCenter", "postalCode"]);

/** `42` for `"42"`. Only whole numbers have one text form, so that it must have been meant. */
export const numbersAsTexts: Transform = rewriting(
  {
    name: "numbers-as-texts",
    why: "Directories with numeric ids, such as those behind JumpCloud and scripts, send externalId and employeeNumber as numbers.",
    link: LINKS.oneLogin,
  },
  (attribute, value) => {
    const isText = attribute.type === "string" && OFTEN_NUMBERS.has(attribute.name);
    return isText && Number.isSafeInteger(value) ? String(value) : value;
  },
);

/** `"42"` for 42. */
export const numericStrings: Transform = {
  name: "numeric-strings",
  why: "Identity providers whose attributes are all texts, such as Entra ID, send numbers as texts.",
  link: LINKS.entraAttributes,
  literal: "coerceNumericTexts",
  operation: (operation, context) => {
    const withPath = rewritePathFilter(operation, context, (attribute, value) => numberOf(attribute, value) ?? value);
    const rewrite: Rewrite = (attribute, value) => numberOf(attribute, value) ?? value;
    const withValue = rewriteOperation(withPath ?? operation, context, rewrite) ?? withPath;
    return withValue === undefined ? undefined : [withValue];
  },
  resource: (resource, { type }) =>
    rewriteMembers(resource, type, (attribute, value) => numberOf(attribute, value) ?? value),
};

/** The number that a text means for an attribute; undefined if it means none. */
function numberOf({ type }: AttributeDefinition, value: unknown): number | undefined {
  return type === "integer" || type === "decimal" ? numberInText(value) : undefined;
}
