import { ScimError } from "./scim-error.ts";

type Cause = { cause?: unknown };

/** 400 `invalidFilter`: the filter cannot be read, or compares what cannot be compared. `position` counts characters from 0. */
export class InvalidFilterError extends ScimError {
  override readonly name: string = "InvalidFilterError";
  readonly position: number | undefined;
  constructor(detail: string, options: Cause & { position?: number } = {}) {
    super(400, detail, { cause: options.cause, scimType: "invalidFilter" });
    this.position = options.position;
  }
}

/** 400 `invalidPath`: an attribute path that cannot be read or names nothing. `position` counts characters from 0. */
export class InvalidPathError extends ScimError {
  override readonly name: string = "InvalidPathError";
  readonly path: string | undefined;
  readonly position: number | undefined;
  constructor(detail: string, options: Cause & { path?: string; position?: number } = {}) {
    super(400, detail, { cause: options.cause, scimType: "invalidPath" });
    this.path = options.path;
    this.position = options.position;
  }
}

/** 400 `tooMany`: more results than the service provider is willing to return. */
export class TooManyError extends ScimError {
  override readonly name: string = "TooManyError";
  constructor(detail = "The query yields more results than are returned", options: Cause = {}) {
    super(400, detail, { cause: options.cause, scimType: "tooMany" });
  }
}

/** 400 `mutability`: the attribute may not be changed in this way. */
export class MutabilityError extends ScimError {
  override readonly name: string = "MutabilityError";
  readonly attribute: string;
  constructor(attribute: string, detail: string, options: Cause = {}) {
    super(400, detail, { cause: options.cause, scimType: "mutability" });
    this.attribute = attribute;
  }
}

/** 400 `invalidSyntax`: the message is not JSON, or not the message it should be. */
export class InvalidSyntaxError extends ScimError {
  override readonly name: string = "InvalidSyntaxError";
  constructor(detail: string, options: Cause = {}) {
    super(400, detail, { cause: options.cause, scimType: "invalidSyntax" });
  }
}

/** 400 `noTarget`: a PATCH path that yields nothing it could work on. */
export class NoTargetError extends ScimError {
  override readonly name: string = "NoTargetError";
  readonly path: string | undefined;
  constructor(detail: string, options: Cause & { path?: string } = {}) {
    super(400, detail, { cause: options.cause, scimType: "noTarget" });
    this.path = options.path;
  }
}

/** 400 `invalidValue`: a value is missing, of the wrong type, or not allowed. */
export class InvalidValueError extends ScimError {
  override readonly name: string = "InvalidValueError";
  readonly attribute: string | undefined;
  constructor(detail: string, options: Cause & { attribute?: string } = {}) {
    super(400, detail, { cause: options.cause, scimType: "invalidValue" });
    this.attribute = options.attribute;
  }
}

/** 400 `invalidVers`: a protocol version that is not served. */
export class InvalidVersionError extends ScimError {
  override readonly name: string = "InvalidVersionError";
  constructor(detail: string, options: Cause = {}) {
    super(400, detail, { cause: options.cause, scimType: "invalidVers" });
  }
}

/** 401: no credentials, or not valid ones. `scheme` is what `WWW-Authenticate` asks for. */
export class UnauthorizedError extends ScimError {
  override readonly name: string = "UnauthorizedError";
  readonly scheme: string;
  constructor(detail = "Authorization is missing or not valid", options: Cause & { scheme?: string } = {}) {
    super(401, detail, { cause: options.cause });
    this.scheme = options.scheme ?? "Bearer";
  }
}

/** 403: valid credentials without the right to do this. */
export class ForbiddenError extends ScimError {
  override readonly name: string = "ForbiddenError";
  constructor(detail = "Not permitted", options: Cause = {}) {
    super(403, detail, { cause: options.cause });
  }
}

/** 403 `sensitive`: the request would carry personal data in its URI (RFC 7644 section 7.5.2). */
export class SensitiveError extends ScimError {
  override readonly name: string = "SensitiveError";
  constructor(detail: string, options: Cause = {}) {
    super(403, detail, { cause: options.cause, scimType: "sensitive" });
  }
}

/** 404: no such resource or endpoint. */
export class NotFoundError extends ScimError {
  override readonly name: string = "NotFoundError";
  constructor(detail = "Resource not found", options: Cause = {}) {
    super(404, detail, { cause: options.cause });
  }
}

/** 405: the endpoint does not know this HTTP method. `allow` lists those it knows. */
export class MethodNotAllowedError extends ScimError {
  override readonly name: string = "MethodNotAllowedError";
  readonly allow: readonly string[];
  constructor(allow: readonly string[], options: Cause & { detail?: string } = {}) {
    super(405, options.detail ?? `This endpoint allows ${allow.join(", ")}`, { cause: options.cause });
    this.allow = allow;
  }
}

/** 409 `uniqueness`: another resource already holds this value. */
export class UniquenessError extends ScimError {
  override readonly name: string = "UniquenessError";
  readonly attribute: string;
  constructor(attribute: string, options: Cause & { detail?: string } = {}) {
    super(409, options.detail ?? `${attribute} is already in use`, { cause: options.cause, scimType: "uniqueness" });
    this.attribute = attribute;
  }
}

/** 412: the resource is no longer at the version the caller expected. */
export class PreconditionFailedError extends ScimError {
  override readonly name: string = "PreconditionFailedError";
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  constructor(options: Cause & { expected?: string; actual?: string; detail?: string } = {}) {
    super(412, options.detail ?? "The resource has changed since that version", { cause: options.cause });
    this.expected = options.expected;
    this.actual = options.actual;
  }
}

/** 428: the service provider writes only where the client says which version it has seen (RFC 6585 section 3). */
export class PreconditionRequiredError extends ScimError {
  override readonly name: string = "PreconditionRequiredError";
  constructor(detail = "An If-Match header with the version of the resource is required", options: Cause = {}) {
    super(428, detail, { cause: options.cause });
  }
}

/** 413: the message is larger than the service provider accepts: more than `limit` bytes, where that is known. */
export class PayloadTooLargeError extends ScimError {
  override readonly name: string = "PayloadTooLargeError";
  readonly limit: number | undefined;
  constructor(detail: string, options: Cause & { limit?: number } = {}) {
    super(413, detail, { cause: options.cause });
    this.limit = options.limit;
  }
}

/** 415: a body of a media type that is not JSON. */
export class UnsupportedMediaTypeError extends ScimError {
  override readonly name: string = "UnsupportedMediaTypeError";
  constructor(detail: string, options: Cause = {}) {
    super(415, detail, { cause: options.cause });
  }
}

/** 429: too many requests. `retryAfterMs` is sent as `Retry-After`, in seconds, rounded up. */
export class TooManyRequestsError extends ScimError {
  override readonly name: string = "TooManyRequestsError";
  readonly retryAfterMs: number | undefined;
  constructor(detail = "Too many requests", options: Cause & { retryAfterMs?: number } = {}) {
    super(429, detail, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** 501: a feature of the protocol that this service provider does not have. */
export class NotImplementedError extends ScimError {
  override readonly name: string = "NotImplementedError";
  constructor(detail: string, options: Cause = {}) {
    super(501, detail, { cause: options.cause });
  }
}

/** 503: something behind the service provider is away for now. `retryAfterMs` is sent as `Retry-After`. */
export class UnavailableError extends ScimError {
  override readonly name: string = "UnavailableError";
  readonly retryAfterMs: number | undefined;
  constructor(detail = "Temporarily unavailable", options: Cause & { retryAfterMs?: number } = {}) {
    super(503, detail, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}
