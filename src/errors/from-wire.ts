import type { ScimType } from "../protocol/messages.ts";
import { URN } from "../protocol/urns.ts";
import { memberInAnyCase } from "../values/member-in-any-case.ts";
import {
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
} from "./request-errors.ts";
import { ScimError } from "./scim-error.ts";
import { wordsOf } from "./words-of.ts";

/** The headers of an error response. */
export interface WireHeaders {
  /** `Retry-After`, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  /** The methods of `Allow`. */
  readonly allow?: readonly string[];
}

type Make = (detail: string, headers: WireHeaders) => ScimError;

/** The detail words, each with its usual statuses; with another status, the status decides. */
const BY_SCIM_TYPE: Readonly<Record<ScimType, { readonly statuses: readonly number[]; readonly make: Make }>> = {
  invalidFilter: { statuses: [400], make: (detail) => new InvalidFilterError(detail) },
  tooMany: { statuses: [400], make: (detail) => new TooManyError(detail) },
  uniqueness: { statuses: [400, 409], make: (detail) => new UniquenessError(detail) },
  mutability: { statuses: [400], make: (detail) => new MutabilityError(detail) },
  invalidSyntax: { statuses: [400], make: (detail) => new InvalidSyntaxError(detail) },
  invalidPath: { statuses: [400], make: (detail) => new InvalidPathError(detail) },
  noTarget: { statuses: [400], make: (detail) => new NoTargetError(detail) },
  invalidValue: { statuses: [400], make: (detail) => new InvalidValueError(detail) },
  invalidVers: { statuses: [400], make: (detail) => new InvalidVersionError(detail) },
  sensitive: { statuses: [400, 403], make: (detail) => new SensitiveError(detail) },
  invalidCursor: {
    statuses: [400],
    make: (detail) => new ScimError(detail, { status: 400, scimType: "invalidCursor" }),
  },
  expiredCursor: {
    statuses: [400],
    make: (detail) => new ScimError(detail, { status: 400, scimType: "expiredCursor" }),
  },
  invalidCount: { statuses: [400], make: (detail) => new ScimError(detail, { status: 400, scimType: "invalidCount" }) },
};

const BY_STATUS: Readonly<Partial<Record<number, Make>>> = {
  401: (detail) => new UnauthorizedError(detail),
  403: (detail) => new ForbiddenError(detail),
  404: (detail) => new NotFoundError(detail),
  405: (detail, { allow = [] }) => new MethodNotAllowedError(detail, { allow }),
  412: (detail) => new PreconditionFailedError(detail),
  428: (detail) => new PreconditionRequiredError(detail),
  413: (detail) => new PayloadTooLargeError(detail),
  415: (detail) => new UnsupportedMediaTypeError(detail),
  429: (detail, { retryAfterMs }) => new TooManyRequestsError(detail, { retryAfterMs }),
  501: (detail) => new NotImplementedError(detail),
  503: (detail, { retryAfterMs }) => new UnavailableError(detail, { retryAfterMs }),
};

/**
 * The error for a response, in the classes that a server throws (RFC 7644 section 3.12).
 *
 * `body` is the parsed JSON, or the body in another form. If it is not a SCIM error, only the status counts. A status
 * below 400 is read from the body. An error without a class of its own is a plain `ScimError`; so is a 409 without
 * `uniqueness`. `UniquenessError` and `MutabilityError` have no `attribute`, since the response does not contain it.
 */
export function scimErrorFromWire(status: number, body: unknown, headers: WireHeaders = {}): ScimError {
  const actual = status >= 400 ? status : (errorStatus(body) ?? 500);
  const detail = wordsOf(body) ?? `The response has status ${actual}`;
  const scimType = scimTypeOf(body);
  const byType = scimType === undefined ? undefined : BY_SCIM_TYPE[scimType];
  const make = byType?.statuses.includes(actual) === true ? byType.make : BY_STATUS[actual];
  return make === undefined ? new ScimError(detail, { status: actual, scimType }) : make(detail, headers);
}

/** Whether a parsed body is a SCIM error message, by its schema; `schema` is read like `schemas`, in any case. */
export function isErrorMessage(body: unknown): boolean {
  return [memberInAnyCase(body, "schemas"), memberInAnyCase(body, "schema")]
    .flat()
    .some((schema) => typeof schema === "string" && schema.toLowerCase() === URN.error.toLowerCase());
}

/** The status that an error message names, as a number or a string; undefined if it names none from 400 to 599. */
export function errorStatus(body: unknown): number | undefined {
  const stated = memberInAnyCase(body, "status");
  const status = typeof stated === "string" && /^\s*[0-9]{3}\s*$/.test(stated) ? Number(stated) : stated;
  return typeof status === "number" && status >= 400 && status <= 599 ? status : undefined;
}

function scimTypeOf(body: unknown): ScimType | undefined {
  const stated = memberInAnyCase(body, "scimType");
  if (typeof stated !== "string") return undefined;
  const names = Object.keys(BY_SCIM_TYPE) as ScimType[];
  return names.find((name) => name.toLowerCase() === stated.toLowerCase());
}
