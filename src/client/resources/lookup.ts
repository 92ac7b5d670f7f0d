import type { Resource } from "../../protocol/resources.ts";
import { findAttribute } from "../../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../../schema/attributes/definition.ts";
import { foldString } from "../../values/fold.ts";
import { filter } from "./filter-template.ts";
import { type ListContext, listPages } from "./list-pages.ts";

/** A resource that a lookup found, and by which attribute. */
export interface Match<T extends Resource> {
  readonly resource: T & { id: string };
  readonly by: string;
}

/**
 * The attributes that tell resources of a type apart, the surest first: `externalId`, then what the schema calls unique,
 * or `displayName` where it calls nothing unique (a group).
 */
export function lookupAttributes(type: ResourceType): readonly string[] {
  const unique = type.schema.attributes.filter(
    (attribute) => attribute.uniqueness !== "none" && attribute.type === "string" && !attribute.multiValued,
  );
  const named = unique.filter((attribute) => attribute.returned !== "never").map((attribute) => attribute.name);
  if (named.length > 0) return ["externalId", ...named];
  return findAttribute(type, undefined, "displayName") === undefined ? ["externalId"] : ["externalId", "displayName"];
}

/**
 * Reads which attributes a caller wants looked up.
 *
 * @throws {TypeError} for a name that is no single-valued string attribute of the type
 */
export function checkLookupAttributes(type: ResourceType, names: readonly string[]): readonly string[] {
  for (const name of names) {
    const attribute = findAttribute(type, undefined, name);
    if (attribute === undefined || attribute.type !== "string" || attribute.multiValued) {
      throw new TypeError(`create: lookup: ${type.name} has no single-valued string attribute ${name}`);
    }
  }
  return names;
}

/**
 * The one resource that has a value of `wanted` in one of the attributes, tried in order; undefined if there is none.
 *
 * Only where the returned value equals what was searched: some service providers ignore filters and return everything. A
 * resource with another `externalId` than `wanted` is somebody else's, and of several none is chosen.
 */
export async function lookUp<T extends Resource>(
  wanted: Resource,
  names: readonly string[],
  options: ListContext & { readonly type: ResourceType; readonly signal: AbortSignal | undefined },
): Promise<Match<T> | undefined> {
  for (const name of names) {
    const attribute = findAttribute(options.type, undefined, name);
    const value = attribute === undefined ? undefined : textOf(wanted, attribute);
    if (attribute === undefined || value === undefined) continue;
    const found = await allWith<T>(attribute, value, options);
    const ours = found.filter((resource) => mayBe(resource, wanted, options.type));
    if (found.length > 1) return undefined;
    if (ours[0] !== undefined) return { resource: ours[0], by: attribute.name };
  }
  return undefined;
}

/** Two are enough to know that the value does not tell. */
async function allWith<T extends Resource>(
  attribute: AttributeDefinition,
  value: string,
  options: ListContext & { readonly signal: AbortSignal | undefined },
): Promise<(T & { id: string })[]> {
  const query = {
    filter: `${attribute.name} eq ${filter`${value}`}`,
    pageSize: 10,
    maxPages: 1,
    signal: options.signal,
  };
  const found: (T & { id: string })[] = [];
  for await (const page of listPages<T>(query, options)) {
    found.push(...page.resources.filter((resource) => holds(resource, attribute, value)));
  }
  return found;
}

function holds(resource: Resource, attribute: AttributeDefinition, value: string): boolean {
  const theirs = textOf(resource, attribute);
  if (theirs === undefined) return false;
  return attribute.caseExact ? theirs === value : foldString(theirs) === foldString(value);
}

function textOf(resource: Resource, attribute: AttributeDefinition): string | undefined {
  const name = attribute.name.toLowerCase();
  const value = Object.entries(resource).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function mayBe(resource: Resource, wanted: Resource, type: ResourceType): boolean {
  const externalId = findAttribute(type, undefined, "externalId");
  if (externalId === undefined) return true;
  const [theirs, ours] = [textOf(resource, externalId), textOf(wanted, externalId)];
  return theirs === undefined || ours === undefined || theirs === ours;
}
