export { sourceGroupMappings, sourceUserMappings } from "../mapping/defaults/inbound.ts";
export { providerGroupMappings, providerUserMappings } from "../mapping/defaults/outbound.ts";
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
export type { MapOutboundOptions, OutboundOutcome } from "../mapping/map-outbound.ts";
export { mapOutbound } from "../mapping/map-outbound.ts";
export { MappingError } from "../mapping/mapping-error.ts";
export type { MappingInvalidFacts } from "../mapping/mapping-invalid-error.ts";
export { MappingInvalidError } from "../mapping/mapping-invalid-error.ts";
export type { Replacement, Skip } from "../mapping/markers.ts";
export { remove, replace, skip } from "../mapping/markers.ts";
export { mergeMapped } from "../mapping/merge.ts";
export type { MappingPreview } from "../mapping/preview-mappings.ts";
export { previewMappings } from "../mapping/preview-mappings.ts";
export type { ProviderVariables, ProviderVariablesInput } from "../mapping/provider-variables.ts";
export { providerVariables } from "../mapping/provider-variables.ts";
export { sourceVariables } from "../mapping/source-variables.ts";
export type { TraceChange, TraceStep } from "../mapping/trace.ts";
