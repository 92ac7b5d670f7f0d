export { sourceGroupMappings, sourceUserMappings } from "../mapping/defaults/inbound.ts";
export { providerGroupMappings, providerUserMappings } from "../mapping/defaults/outbound.ts";
export type { MappingContext, MappingOutcome } from "../mapping/evaluation/evaluate-mappings.ts";
export { evaluateMappings } from "../mapping/evaluation/evaluate-mappings.ts";
export type { MapOutboundOptions, OutboundOutcome } from "../mapping/evaluation/map-outbound.ts";
export { mapOutbound } from "../mapping/evaluation/map-outbound.ts";
export { MappingError } from "../mapping/evaluation/mapping-error.ts";
export type { MappingInvalidFacts } from "../mapping/evaluation/mapping-invalid-error.ts";
export { MappingInvalidError } from "../mapping/evaluation/mapping-invalid-error.ts";
export { mergeMapped } from "../mapping/evaluation/merge.ts";
export { orderMappings } from "../mapping/evaluation/order-mappings.ts";
export type { MappingPreview } from "../mapping/evaluation/preview-mappings.ts";
export { previewMappings } from "../mapping/evaluation/preview-mappings.ts";
export type { MappingChange, MappingStep } from "../mapping/evaluation/trace.ts";
export type {
  ExpressionLanguage,
  Mapping,
  MappingExpression,
  MappingOptions,
  MappingResult,
  MappingVariables,
} from "../mapping/expressions/define-mapping.ts";
export { defineMapping } from "../mapping/expressions/define-mapping.ts";
export type { Replacement, Skip } from "../mapping/expressions/markers.ts";
export { remove, replace, skip } from "../mapping/expressions/markers.ts";
export type { ProviderVariables, ProviderVariablesInput } from "../mapping/expressions/provider-variables.ts";
export { providerVariables } from "../mapping/expressions/provider-variables.ts";
export { sourceVariables } from "../mapping/expressions/source-variables.ts";
