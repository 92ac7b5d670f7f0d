export type { WireHeaders } from "../errors/from-wire.ts";
export { scimErrorFromWire } from "../errors/from-wire.ts";
export {
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
export type { TransportFacts, TransportOutcome, TransportReason } from "../errors/transport-error.ts";
export { isTransportError, TransportError } from "../errors/transport-error.ts";
