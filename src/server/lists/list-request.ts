import { InvalidValueError } from "../../errors/request-errors.ts";
import type { ProjectionParameters } from "../../schema/resources/project.ts";

/**
 * The parameters of a listing (RFC 7644 section 3.4.2, RFC 9865 section 2), in the query of a URL or the body of a
 * search.
 */
export interface ListRequest {
  readonly filter?: string;
  readonly sortBy?: string;
  readonly sortOrder?: string;
  readonly startIndex?: number;
  readonly count?: number;
  /** Empty for the first page of a listing by cursor. */
  readonly cursor?: string;
  /** Whether the parameters are in a URI, which logs and proxies keep. @default false */
  readonly inUri?: boolean;
}

/** The attributes that the query parameters ask for (RFC 7644 section 3.9). */
export function shownByQuery(parameters: URLSearchParams): ProjectionParameters {
  return { attributes: text(parameters, "attributes"), excludedAttributes: text(parameters, "excludedAttributes") };
}

/** The query parameters of a listing. @throws {InvalidValueError} for an invalid number */
export function listRequestOfQuery(parameters: URLSearchParams): ListRequest {
  return {
    filter: text(parameters, "filter"),
    sortBy: text(parameters, "sortBy"),
    sortOrder: text(parameters, "sortOrder"),
    startIndex: integer(parameters, "startIndex"),
    count: integer(parameters, "count"),
    cursor: text(parameters, "cursor"),
    inUri: true,
  };
}

function text(parameters: URLSearchParams, name: string): string | undefined {
  return parameters.get(name) ?? undefined;
}

function integer(parameters: URLSearchParams, name: string): number | undefined {
  const value = parameters.get(name);
  if (value === null || value.trim() === "") return undefined;
  if (!/^\s*[+-]?\d{1,15}\s*$/.test(value)) throw new InvalidValueError(`${name} must be an integer`);
  return Number.parseInt(value, 10);
}
