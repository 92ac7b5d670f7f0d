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
  return { ...text(parameters, "attributes"), ...text(parameters, "excludedAttributes") };
}

/** The query parameters of a listing. @throws {InvalidValueError} for a number that is none */
export function listRequestOfQuery(parameters: URLSearchParams): ListRequest {
  return {
    ...text(parameters, "filter"),
    ...text(parameters, "sortBy"),
    ...text(parameters, "sortOrder"),
    ...integer(parameters, "startIndex"),
    ...integer(parameters, "count"),
    ...text(parameters, "cursor"),
    inUri: true,
  };
}

function text<Name extends string>(parameters: URLSearchParams, name: Name): { [name in Name]?: string } {
  const value = parameters.get(name);
  return (value === null ? {} : { [name]: value }) as { [name in Name]?: string };
}

function integer<Name extends string>(parameters: URLSearchParams, name: Name): { [name in Name]?: number } {
  const value = parameters.get(name);
  if (value === null || value.trim() === "") return {};
  if (!/^\s*[+-]?\d{1,15}\s*$/.test(value)) throw new InvalidValueError(`${name} must be an integer`);
  return { [name]: Number.parseInt(value, 10) } as { [name in Name]?: number };
}
