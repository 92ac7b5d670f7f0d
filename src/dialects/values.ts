import type { Transform } from "../patch/dialect.ts";
import { isObject } from "../values/is-object.ts";
import { readNumericText } from "../values/numeric-text.ts";
import { LINKS } from "./links.ts";
import { rewriteMembers, rewriting } from "./rewrite.ts";

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

/** `"42"` for 42, in values and in filters. */
export const numericStrings: Transform = {
  ...rewriting(
    {
      name: "numeric-strings",
      why: "Identity providers whose attributes are all texts, such as Entra ID, send numbers as texts.",
      link: LINKS.entraAttributes,
    },
    (attribute, value) => {
      const isNumeric = attribute.type === "integer" || attribute.type === "decimal";
      return isNumeric && typeof value === "string" ? (readNumericText(value) ?? value) : value;
    },
  ),
  literal: "coerceNumericTexts",
};
