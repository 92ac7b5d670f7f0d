export { sourceGroupMappings, sourceUserMappings } from "../mapping/defaults/inbound.ts";
export type {
  ExpressionLanguage,
  Mapping,
  MappingExpression,
  MappingOptions,
  MappingResult,
  MappingVariables,
} from "../mapping/define-mapping.ts";
export { defineMapping } from "../mapping/define-mapping.ts";
export type { MappingContext, MappingOutcome } from "../mapping/evaluate-mappings.ts";
export { evaluateMappings } from "../mapping/evaluate-mappings.ts";
export { MappingError } from "../mapping/mapping-error.ts";
export type { Replacement, Skip } from "../mapping/markers.ts";
export { remove, replace, skip } from "../mapping/markers.ts";
export { mergeMapped } from "../mapping/merge.ts";
export type { MappingPreview } from "../mapping/preview-mappings.ts";
export { previewMappings } from "../mapping/preview-mappings.ts";
export { sourceVariables } from "../mapping/source-variables.ts";
export type { TraceChange, TraceStep } from "../mapping/trace.ts";
