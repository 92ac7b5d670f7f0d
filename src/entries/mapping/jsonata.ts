export type { ExpressionErrorOptions } from "../../mapping/expressions/expression-error.ts";
export { ExpressionError } from "../../mapping/expressions/expression-error.ts";
export type {
  AttributeMappingOptions,
  LanguageOptions,
} from "../../mapping/languages/definitions/attribute-mapping.ts";
export type { PropertyType, PropertyTypes } from "../../mapping/languages/definitions/shape.ts";
export type { JsonataLanguageOptions, JsonataMappingOptions } from "../../mapping/languages/jsonata/jsonata-mapping.ts";
export { jsonataLanguage, jsonataMapping } from "../../mapping/languages/jsonata/jsonata-mapping.ts";
export type { JsonataWorker, JsonataWorkerOptions } from "../../mapping/languages/jsonata/jsonata-worker.ts";
export { jsonataWorker } from "../../mapping/languages/jsonata/jsonata-worker.ts";
