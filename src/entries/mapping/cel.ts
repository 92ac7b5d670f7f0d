export type { ExpressionErrorOptions } from "../../mapping/expressions/expression-error.ts";
export { ExpressionError } from "../../mapping/expressions/expression-error.ts";
export type { CelLanguageOptions, CelMappingOptions } from "../../mapping/languages/cel/cel-mapping.ts";
export { celLanguage, celMapping } from "../../mapping/languages/cel/cel-mapping.ts";
export type { PropertyType, PropertyTypes } from "../../mapping/languages/cel/shape.ts";
