import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { foldString } from "../values/fold.ts";
import { instantOf } from "../values/instant.ts";

/**
 * The key by which values of an attribute are compared: equal values have equal keys, and keys are ordered like values.
 */
export type ComparisonKey = string | number | boolean;

/**
 * Creates the function that turns a value of a simple attribute into its key: strings folded where `caseExact` is
 * false, dateTimes as instants, the rest as they are. A value of another type has no key.
 *
 * Strings are ordered by their code points (`compareUtf8`), in every locale and database alike.
 */
export function comparisonKey(
  definition: AttributeDefinition,
  fold: (text: string) => string = foldString,
): (value: unknown) => ComparisonKey | undefined {
  switch (definition.type) {
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : undefined);
    case "integer":
    case "decimal":
      return (value) => (typeof value === "number" ? value : undefined);
    case "dateTime":
      return (value) => (typeof value === "string" ? instantOf(value) : undefined);
    case "binary":
      return exactKey;
    case "string":
    case "reference":
      return definition.caseExact ? exactKey : (value) => (typeof value === "string" ? fold(value) : undefined);
    case "complex":
      return () => undefined;
  }
}

function exactKey(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
