import { ScimError } from "./scim-error.ts";

/**
 * 400 `invalidFilter`: the filter cannot be read, or compares what cannot be compared. `position` counts characters
 * from 0.
 */
export class InvalidFilterError extends ScimError {
  override readonly name: string = "InvalidFilterError";
  override readonly code = "SCIM_INVALID_FILTER";
  readonly position: number | undefined;
  constructor(detail: string, options: ErrorOptions & { position?: number } = {}) {
    super(detail, { cause: options.cause, status: 400, scimType: "invalidFilter" });
    this.position = options.position;
  }
}

/** 400 `invalidPath`: an attribute path that cannot be read or names nothing. `position` counts characters from 0. */
export class InvalidPathError extends ScimError {
  override readonly name: string = "InvalidPathError";
  override readonly code = "SCIM_INVALID_PATH";
  readonly path: string | undefined;
  readonly position: number | undefined;
  constructor(detail: string, options: ErrorOptions & { path?: string; position?: number } = {}) {
    super(detail, { cause: options.cause, status: 400, scimType: "invalidPath" });
    this.path = options.path;
    this.position = options.position;
  }
}

/** 400 `tooMany`: more results than the service provider is willing to return. */
export class TooManyError extends ScimError {
  override readonly name: string = "TooManyError";
  override readonly code = "SCIM_TOO_MANY";
  constructor(detail = "The query yields more results than are returned", options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 400, scimType: "tooMany" });
  }
}

/** 400 `mutability`: the attribute may not be changed in this way. */
export class MutabilityError extends ScimError {
  override readonly name: string = "MutabilityError";
  override readonly code = "SCIM_MUTABILITY";
  readonly attribute: string | undefined;
  constructor(detail: string, options: ErrorOptions & { attribute?: string } = {}) {
    super(detail, { cause: options.cause, status: 400, scimType: "mutability" });
    this.attribute = options.attribute;
  }
}

/** 400 `invalidSyntax`: the message is not JSON, or not the message it should be. */
export class InvalidSyntaxError extends ScimError {
  override readonly name: string = "InvalidSyntaxError";
  override readonly code = "SCIM_INVALID_SYNTAX";
  constructor(detail: string, options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 400, scimType: "invalidSyntax" });
  }
}

/** 400 `noTarget`: a PATCH path that matches nothing to change. */
export class NoTargetError extends ScimError {
  override readonly name: string = "NoTargetError";
  override readonly code = "SCIM_NO_TARGET";
  readonly path: string | undefined;
  constructor(detail: string, options: ErrorOptions & { path?: string } = {}) {
    super(detail, { cause: options.cause, status: 400, scimType: "noTarget" });
    this.path = options.path;
  }
}

/** 400 `invalidValue`: a value is missing, of the wrong type, or not allowed. */
export class InvalidValueError extends ScimError {
  override readonly name: string = "InvalidValueError";
  override readonly code = "SCIM_INVALID_VALUE";
  readonly attribute: string | undefined;
  constructor(detail: string, options: ErrorOptions & { attribute?: string } = {}) {
    super(detail, { cause: options.cause, status: 400, scimType: "invalidValue" });
    this.attribute = options.attribute;
  }
}

/** 400 `invalidVers`: a protocol version that is not served. */
export class InvalidVersionError extends ScimError {
  override readonly name: string = "InvalidVersionError";
  override readonly code = "SCIM_INVALID_VERSION";
  constructor(detail: string, options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 400, scimType: "invalidVers" });
  }
}

/**
 * 401: no credentials, or invalid ones. `scheme` is the scheme in `WWW-Authenticate`; the default is "Bearer".
 * `challengeError` is its `error` (RFC 6750 section 3.1): only for credentials that were sent.
 */
export class UnauthorizedError extends ScimError {
  override readonly name: string = "UnauthorizedError";
  override readonly code = "SCIM_UNAUTHORIZED";
  readonly scheme: string;
  readonly challengeError: "invalid_token" | undefined;
  constructor(
    detail = "Authorization is missing or not valid",
    options: ErrorOptions & { scheme?: string; challengeError?: "invalid_token" } = {},
  ) {
    super(detail, { cause: options.cause, status: 401 });
    this.scheme = options.scheme ?? "Bearer";
    this.challengeError = options.challengeError;
  }
}

/** 403: valid credentials without the right to do this. */
export class ForbiddenError extends ScimError {
  override readonly name: string = "ForbiddenError";
  override readonly code = "SCIM_FORBIDDEN";
  constructor(detail = "Not permitted", options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 403 });
  }
}

/** 403 `sensitive`: the request would carry personal data in its URI (RFC 7644 section 7.5.2). */
export class SensitiveError extends ScimError {
  override readonly name: string = "SensitiveError";
  override readonly code = "SCIM_SENSITIVE";
  constructor(detail: string, options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 403, scimType: "sensitive" });
  }
}

/** 404: no such resource or endpoint. */
export class NotFoundError extends ScimError {
  override readonly name: string = "NotFoundError";
  override readonly code = "SCIM_NOT_FOUND";
  constructor(detail = "Resource not found", options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 404 });
  }
}

/** 405: the endpoint does not support this HTTP method. `allow` lists those it supports. */
export class MethodNotAllowedError extends ScimError {
  override readonly name: string = "MethodNotAllowedError";
  override readonly code = "SCIM_METHOD_NOT_ALLOWED";
  readonly allow: readonly string[];
  constructor(detail: string, options: ErrorOptions & { allow?: readonly string[] } = {}) {
    super(detail, { cause: options.cause, status: 405 });
    this.allow = options.allow ?? [];
  }
}

/**
 * 409 `uniqueness`: another resource already has a value that must be unique. `attribute` names it, if that is known.
 */
export class UniquenessError extends ScimError {
  override readonly name: string = "UniquenessError";
  override readonly code = "SCIM_UNIQUENESS";
  readonly attribute: string | undefined;
  constructor(detail: string, options: ErrorOptions & { attribute?: string } = {}) {
    super(detail, { cause: options.cause, status: 409, scimType: "uniqueness" });
    this.attribute = options.attribute;
  }
}

/** 412: the resource is no longer at the version the caller expected. */
export class PreconditionFailedError extends ScimError {
  override readonly name: string = "PreconditionFailedError";
  override readonly code = "SCIM_PRECONDITION_FAILED";
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  constructor(
    detail = "The resource has changed since that version",
    options: ErrorOptions & { expected?: string; actual?: string } = {},
  ) {
    super(detail, { cause: options.cause, status: 412 });
    this.expected = options.expected;
    this.actual = options.actual;
  }
}

/** 428: the service provider writes only if the client says which version it has seen (RFC 6585 section 3). */
export class PreconditionRequiredError extends ScimError {
  override readonly name: string = "PreconditionRequiredError";
  override readonly code = "SCIM_PRECONDITION_REQUIRED";
  constructor(detail = "An If-Match header with the version of the resource is required", options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 428 });
  }
}

/** 413: the message is larger than the service provider accepts: more than `limit` bytes, if that is known. */
export class PayloadTooLargeError extends ScimError {
  override readonly name: string = "PayloadTooLargeError";
  override readonly code = "SCIM_PAYLOAD_TOO_LARGE";
  readonly limit: number | undefined;
  constructor(detail: string, options: ErrorOptions & { limit?: number } = {}) {
    super(detail, { cause: options.cause, status: 413 });
    this.limit = options.limit;
  }
}

/** 415: a body of a media type that is not JSON. */
export class UnsupportedMediaTypeError extends ScimError {
  override readonly name: string = "UnsupportedMediaTypeError";
  override readonly code = "SCIM_UNSUPPORTED_MEDIA_TYPE";
  constructor(detail: string, options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 415 });
  }
}

/** 429: too many requests. `retryAfterMs` is sent as `Retry-After`, in seconds, rounded up. */
export class TooManyRequestsError extends ScimError {
  override readonly name: string = "TooManyRequestsError";
  override readonly code = "SCIM_TOO_MANY_REQUESTS";
  readonly retryAfterMs: number | undefined;
  constructor(detail = "Too many requests", options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(detail, { cause: options.cause, status: 429 });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** 499: the client disconnected before the response was ready. Nobody receives it; it is seen in events only. */
export class DisconnectedError extends ScimError {
  override readonly name: string = "DisconnectedError";
  override readonly code = "SCIM_DISCONNECTED";
  constructor(detail = "The client disconnected", options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 499 });
  }
}

/** 501: a feature of the protocol that this service provider does not have. */
export class NotImplementedError extends ScimError {
  override readonly name: string = "NotImplementedError";
  override readonly code = "SCIM_NOT_IMPLEMENTED";
  constructor(detail: string, options: ErrorOptions = {}) {
    super(detail, { cause: options.cause, status: 501 });
  }
}

/** 503: something that the service provider needs is unavailable. `retryAfterMs` is sent as `Retry-After`. */
export class UnavailableError extends ScimError {
  override readonly name: string = "UnavailableError";
  override readonly code = "SCIM_UNAVAILABLE";
  readonly retryAfterMs: number | undefined;
  constructor(detail = "Temporarily unavailable", options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(detail, { cause: options.cause, status: 503 });
    this.retryAfterMs = options.retryAfterMs;
  }
}
