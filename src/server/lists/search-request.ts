import { InvalidSyntaxError, InvalidValueError } from "../../errors/request-errors.ts";
import { URN } from "../../protocol/urns.ts";
import type { ProjectionParameters } from "../../schema/resources/project.ts";
import { shortened } from "../../values/shortened.ts";
import type { ListRequest } from "./list-request.ts";

/** A search request. */
export interface SearchRequest {
  readonly list: ListRequest;
  readonly shown: ProjectionParameters;
}

type Members = ReadonlyMap<string, unknown>;

/**
 * Reads the body of a search (RFC 7644 section 3.4.3, RFC 9865 section 3). Names of members are read in any case, null
 * counts as absent, and unknown members are ignored. `attributes` may be a text with commas, as in a query.
 *
 * @throws {InvalidSyntaxError} for a body that is not a search request, or has a member in two cases
 * @throws {InvalidValueError} naming the member whose value is of another type
 */
export function readSearchRequest(body: Readonly<Record<string, unknown>>): SearchRequest {
  const members = membersOf(body);
  requireSchema(members.get("schemas"));
  return {
    shown: { attributes: names(members, "attributes"), excludedAttributes: names(members, "excludedAttributes") },
    list: {
      filter: text(members, "filter"),
      sortBy: text(members, "sortBy"),
      sortOrder: text(members, "sortOrder"),
      startIndex: integer(members, "startIndex"),
      count: integer(members, "count"),
      cursor: text(members, "cursor"),
    },
  };
}

function membersOf(body: Readonly<Record<string, unknown>>): Members {
  const members = new Map<string, unknown>();
  for (const [name, value] of Object.entries(body)) {
    const key = name.toLowerCase();
    if (members.has(key))
      throw new InvalidSyntaxError(`The search request gives ${JSON.stringify(shortened(key, 64))} twice`);
    members.set(key, value);
  }
  return members;
}

function requireSchema(schemas: unknown): void {
  const isNamed = (urn: unknown): boolean =>
    typeof urn === "string" && urn.toLowerCase() === URN.searchRequest.toLowerCase();
  if (!Array.isArray(schemas) || !schemas.some(isNamed)) {
    throw new InvalidSyntaxError(`schemas must name ${URN.searchRequest}`);
  }
}

function names(members: Members, name: string): string | readonly string[] | undefined {
  const value = given(members, name);
  if (value === undefined || typeof value === "string") return value;
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new InvalidValueError(`${name} must be a list of attribute names`);
}

function text(members: Members, name: string): string | undefined {
  const value = given(members, name);
  if (value === undefined || typeof value === "string") return value;
  throw new InvalidValueError(`${name} must be a string`);
}

function integer(members: Members, name: string): number | undefined {
  const value = given(members, name);
  if (value === undefined || (typeof value === "number" && Number.isSafeInteger(value))) return value;
  throw new InvalidValueError(`${name} must be an integer`);
}

function given(members: Members, name: string): unknown {
  return members.get(name.toLowerCase()) ?? undefined;
}
