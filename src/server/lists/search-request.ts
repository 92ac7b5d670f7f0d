import { InvalidSyntaxError, InvalidValueError } from "../../errors/request-errors.ts";
import { URN } from "../../protocol/urns.ts";
import type { ProjectionParameters } from "../../schema/resources/project.ts";
import { shortened } from "../../values/shortened.ts";
import type { ListRequest } from "./list-request.ts";

/** What the body of a search says. */
export interface SearchRequest {
  readonly list: ListRequest;
  readonly shown: ProjectionParameters;
}

type Members = ReadonlyMap<string, unknown>;

/**
 * Reads the body of a search (RFC 7644 section 3.4.3, RFC 9865 section 3). Names of members come in any case, null is as
 * good as absent, members that are not known are ignored. `attributes` may be a text with commas, as in a query.
 *
 * @throws {InvalidSyntaxError} for a body that is no search request, or gives a member in two cases
 * @throws {InvalidValueError} naming the member whose value is of another type
 */
export function readSearchRequest(body: Readonly<Record<string, unknown>>): SearchRequest {
  const members = membersOf(body);
  requireSchema(members.get("schemas"));
  return {
    shown: { ...names(members, "attributes"), ...names(members, "excludedAttributes") },
    list: {
      ...text(members, "filter"),
      ...text(members, "sortBy"),
      ...text(members, "sortOrder"),
      ...integer(members, "startIndex"),
      ...integer(members, "count"),
      ...text(members, "cursor"),
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

function names<Name extends string>(members: Members, name: Name): { [name in Name]?: string | readonly string[] } {
  const value = given(members, name);
  if (value === undefined) return {};
  const isList = Array.isArray(value) && value.every((each) => typeof each === "string");
  if (!isList && typeof value !== "string") throw new InvalidValueError(`${name} must be a list of attribute names`);
  return { [name]: value } as { [name in Name]?: string | readonly string[] };
}

function text<Name extends string>(members: Members, name: Name): { [name in Name]?: string } {
  const value = given(members, name);
  if (value === undefined) return {};
  if (typeof value !== "string") throw new InvalidValueError(`${name} must be a string`);
  return { [name]: value } as { [name in Name]?: string };
}

function integer<Name extends string>(members: Members, name: Name): { [name in Name]?: number } {
  const value = given(members, name);
  if (value === undefined) return {};
  if (!Number.isSafeInteger(value)) throw new InvalidValueError(`${name} must be an integer`);
  return { [name]: value } as { [name in Name]?: number };
}

function given(members: Members, name: string): unknown {
  return members.get(name.toLowerCase()) ?? undefined;
}
