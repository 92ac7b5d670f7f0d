import type { ComparisonOperator, ComparisonValue } from "../path/tree.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { isIdentifying } from "../schema/attributes/identifying.ts";
import { instantOf } from "../values/instant.ts";
import { readNumericText } from "../values/numeric-text.ts";

/** Literals of another type than the attribute's that are converted to it. */
export interface LiteralCoercions {
  /** `active eq "True"`: a quoted boolean, in any case, against a boolean attribute. (Entra ID) @default false */
  readonly coerceBooleans?: boolean;
  /** `externalId eq 42`: a whole number without quotes against a string attribute. @default false */
  readonly coerceNumbers?: boolean;
  /** `level eq "42"`: a number in quotes against an integer or decimal attribute. (Entra ID) @default false */
  readonly coerceNumericTexts?: boolean;
}

/** A literal that can be compared, or the reason why it cannot. */
export type FitLiteral =
  | { readonly value: ComparisonValue; readonly coerced?: keyof LiteralCoercions }
  | { readonly fault: string };

const EQUALITY: ReadonlySet<ComparisonOperator> = new Set(["eq", "ne"]);
const SUBSTRING: ReadonlySet<ComparisonOperator> = new Set(["co", "sw", "ew"]);

/** Checks operator and literal against the type of a simple attribute (RFC 7644 table 3). */
export function fitLiteral(
  definition: AttributeDefinition,
  operator: ComparisonOperator,
  value: ComparisonValue,
  coercions: LiteralCoercions,
): FitLiteral {
  const { type } = definition;
  if (!operatorApplies(type, operator)) return { fault: `${operator} does not apply to ${type} attributes` };
  switch (type) {
    case "boolean":
      if (typeof value === "boolean") return { value };
      return (
        (coercions.coerceBooleans === true ? coerceBoolean(value) : undefined) ?? { fault: "expected true or false" }
      );
    case "integer":
    case "decimal":
      if (typeof value === "number") return { value };
      return (
        (coercions.coerceNumericTexts === true ? coerceNumericText(value) : undefined) ?? { fault: "expected a number" }
      );
    case "dateTime":
      if (typeof value === "string" && instantOf(value) !== undefined) return { value };
      return { fault: "expected a dateTime such as 2011-05-13T04:42:34Z, in double quotes" };
    default:
      if (typeof value === "string") return { value };
      return (
        (coercions.coerceNumbers === true && !isIdentifying(definition) ? coerceNumber(value) : undefined) ?? {
          fault: "expected a string in double quotes",
        }
      );
  }
}

function operatorApplies(type: AttributeDefinition["type"], operator: ComparisonOperator): boolean {
  if (type === "string" || type === "reference") return true;
  if (type === "boolean" || type === "binary") return EQUALITY.has(operator);
  return !SUBSTRING.has(operator);
}

function coerceBoolean(value: ComparisonValue): FitLiteral | undefined {
  const word = typeof value === "string" ? value.toLowerCase() : undefined;
  return word === "true" || word === "false" ? { value: word === "true", coerced: "coerceBooleans" } : undefined;
}

function coerceNumericText(value: ComparisonValue): FitLiteral | undefined {
  const number = typeof value === "string" ? readNumericText(value) : undefined;
  return number === undefined ? undefined : { value: number, coerced: "coerceNumericTexts" };
}

/** Only exact whole numbers have one text form, so that it must have been meant. */
function coerceNumber(value: ComparisonValue): FitLiteral | undefined {
  return Number.isSafeInteger(value) ? { value: String(value), coerced: "coerceNumbers" } : undefined;
}
