import { InvalidValueError } from "../../errors/request-errors.ts";
import type { ProjectionParameters } from "../../schema/resources/project.ts";

/** What a listing asks for (RFC 7644 section 3.4.2, RFC 9865 section 2), in the query of a URL or the body of a search. */
export interface ListRequest {
  readonly filter?: string;
  readonly sortBy?: string;
  readonly sortOrder?: string;
  readonly startIndex?: number;
  readonly count?: number;
  /** Empty for the first page of a listing by cursor. */
  readonly cursor?: string;
  /** Whether all this stands in a URI, where logs and proxies keep it. @default false */
  readonly inUri?: boolean;
}

/** What of a resource the query parameters ask to see (RFC 7644 section 3.9). */
export function shownByQuery(parameters: URLSearchParams): ProjectionParameters {
  return { attributes: text(parameters, "attributes"), excludedAttributes: text(parameters, "excludedAttributes") };
}

/** The query parameters of a listing. @throws {InvalidValueError} for a number that is none */
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
