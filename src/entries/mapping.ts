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
  AnyMapping,
  ExpressionLanguage,
  Mapping,
  MappingExpression,
  MappingOptions,
  MappingResult,
  MappingSide,
  MappingVariables,
  TypeOf,
} from "../mapping/expressions/define-mapping.ts";
export { defineMapping } from "../mapping/expressions/define-mapping.ts";
export type {
  DefaultSourceMappings,
  MappedGroup,
  MappedGroupOf,
  MappedUser,
  MappedUserOf,
} from "../mapping/expressions/mapped-objects.ts";
export type { Replacement, Skip } from "../mapping/expressions/markers.ts";
export { remove, replace, skip } from "../mapping/expressions/markers.ts";
export type {
  AttributePart,
  NoSuchAttribute,
  OnlyDeclared,
  ProviderGroupVariables,
  ProviderMappingOptions,
  ProviderResult,
  ProviderUserVariables,
  ResourcePart,
} from "../mapping/expressions/provider-mappings.ts";
export { defineProviderGroupMapping, defineProviderUserMapping } from "../mapping/expressions/provider-mappings.ts";
export type { ProviderVariables, ProviderVariablesInput } from "../mapping/expressions/provider-variables.ts";
export { providerVariables } from "../mapping/expressions/provider-variables.ts";
export type {
  MappedPart,
  SourceMapping,
  SourceMappingOptions,
  SourceVariables,
} from "../mapping/expressions/source-mappings.ts";
export { defineSourceGroupMapping, defineSourceUserMapping } from "../mapping/expressions/source-mappings.ts";
export { sourceVariables } from "../mapping/expressions/source-variables.ts";
