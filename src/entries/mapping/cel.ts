export type { ExpressionErrorOptions } from "../../mapping/expressions/expression-error.ts";
export { ExpressionError } from "../../mapping/expressions/expression-error.ts";
export { celLanguage, celMapping } from "../../mapping/languages/cel/cel-mapping.ts";
export type {
  AttributeMappingOptions,
  LanguageOptions,
} from "../../mapping/languages/definitions/attribute-mapping.ts";
export type { PropertyType, PropertyTypes } from "../../mapping/languages/definitions/shape.ts";
