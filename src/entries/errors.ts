export type { SealErrorReason } from "../crypto/seal-error.ts";
export { SealError } from "../crypto/seal-error.ts";
export { DirectoryFileError } from "../directory/directory-file-error.ts";
export { DirectoryUnsoundError } from "../directory/directory-pages.ts";
export type { WireHeaders } from "../errors/from-wire.ts";
export { scimErrorFromWire } from "../errors/from-wire.ts";
export {
  DisconnectedError,
  ForbiddenError,
  InvalidFilterError,
  InvalidPathError,
  InvalidSyntaxError,
  InvalidValueError,
  InvalidVersionError,
  MethodNotAllowedError,
  MutabilityError,
  NoTargetError,
  NotFoundError,
  NotImplementedError,
  PayloadTooLargeError,
  PreconditionFailedError,
  PreconditionRequiredError,
  SensitiveError,
  TooManyError,
  TooManyRequestsError,
  UnauthorizedError,
  UnavailableError,
  UniquenessError,
  UnsupportedMediaTypeError,
} from "../errors/request-errors.ts";
export type { ScimErrorOptions } from "../errors/scim-error.ts";
export { asScimError, isPreconditionFailed, isScimError, ScimError } from "../errors/scim-error.ts";
export type { TokenRequestFacts } from "../errors/token-request-error.ts";
export { isTokenRequestError, TokenRequestError } from "../errors/token-request-error.ts";
export type { TransportFacts, TransportOutcome, TransportReason } from "../errors/transport-error.ts";
export { isTransportError, TransportError } from "../errors/transport-error.ts";
export type { MappingErrorOptions } from "../mapping/evaluation/mapping-error.ts";
export { MappingError } from "../mapping/evaluation/mapping-error.ts";
export type { MappingInvalidErrorOptions, MappingInvalidFacts } from "../mapping/evaluation/mapping-invalid-error.ts";
export { MappingInvalidError } from "../mapping/evaluation/mapping-invalid-error.ts";
export type { MappingChange, MappingStep } from "../mapping/evaluation/trace.ts";
export type { ExpressionErrorOptions } from "../mapping/expressions/expression-error.ts";
export { ExpressionError } from "../mapping/expressions/expression-error.ts";
export type { ErrorMessage, ScimType } from "../protocol/messages.ts";
export { ScopeUnknownError } from "../provider/objects/scope.ts";
export type { TargetFault } from "../provider/remote/classify.ts";
export { TargetUnusableError } from "../provider/remote/classify.ts";
export { RecordInvalidError } from "../storage/state/repository.ts";
