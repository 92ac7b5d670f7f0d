import { isObject } from "../../values/is-object.ts";
import { indexOf } from "../attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../attributes/definition.ts";
import { isSecret } from "../attributes/is-secret.ts";
import { printResolvedPath, resolvePath } from "../attributes/resolve-path.ts";
import { presentSchemas } from "../attributes/resource-schemas.ts";
import { splitPath } from "../attributes/split-path.ts";

/** The attributes of a resource that a response shows (RFC 7644 section 3.9). Made by `parseProjection`. */
export interface Projection {
  readonly type: ResourceType;
  /**
   * `default`: as in the definitions. `only`: what is named, and what is always shown. `except`: the default without
   * what is named.
   */
  readonly mode: "default" | "only" | "except";
  /** Canonical paths of the named attributes: `name`, `name.givenName`, the URN of an extension. */
  readonly named: ReadonlySet<string>;
  /** Canonical paths of attributes with a named part: `name` where `name.givenName` is named. */
  readonly within: ReadonlySet<string>;
}

/** The two query parameters, as a text with commas, or as the list of a search request. */
export interface ProjectionParameters {
  readonly attributes?: string | readonly string[];
  readonly excludedAttributes?: string | readonly string[];
}

/**
 * Reads `attributes` and `excludedAttributes` (RFC 7644 section 3.4.2.5). Where both are given, `attributes` wins.
 *
 * Names are read in every notation and case: with a URN or without, sub-attributes, the URN of an extension alone, the
 * URN of the type's own schema alone. Names that the type does not know are ignored; an empty parameter is ignored.
 */
export function parseProjection(parameters: ProjectionParameters, type: ResourceType): Projection {
  const only = namesOf(parameters.attributes);
  if (only.length > 0) return { type, mode: "only", ...readNames(only, type) };
  const except = namesOf(parameters.excludedAttributes);
  if (except.length > 0) return { type, mode: "except", ...readNames(except, type) };
  return { type, mode: "default", named: new Set(), within: new Set() };
}

function namesOf(parameter: string | readonly string[] | undefined): string[] {
  const names = typeof parameter === "string" ? parameter.split(",") : (parameter ?? []);
  return names.map((name) => name.trim()).filter((name) => name !== "");
}

function readNames(names: readonly string[], type: ResourceType): Pick<Projection, "named" | "within"> {
  const named = new Set<string>();
  const within = new Set<string>();
  for (const name of names) {
    if (name.toLowerCase() === type.schema.id.toLowerCase()) {
      for (const attribute of type.schema.attributes) {
        if (attribute.returned !== "request") named.add(attribute.name);
      }
      continue;
    }
    const path = resolvePath(type, splitPath(name));
    if (path === undefined) continue;
    named.add(printResolvedPath(path));
    if (path.extension !== undefined) within.add(path.extension);
    if (path.sub !== undefined) within.add(printResolvedPath({ ...path, sub: undefined }));
  }
  return { named, within };
}

/**
 * The part of a canonical resource that a response shows (RFC 7643 section 7, RFC 7644 section 3.9).
 *
 * Always shown: attributes that are returned `always`, and `schemas`, which names an extension exactly if its data is
 * shown. Never shown: attributes that are returned `never` or writeOnly, and those that no schema of the type has. A
 * complex attribute that is requested is shown whole; if a sub-attribute is requested, it is shown with those that are
 * returned `always`.
 */
export function project(
  resource: Readonly<Record<string, unknown>>,
  type: ResourceType,
  projection: Projection,
): Record<string, unknown> {
  const index = indexOf(type);
  const shown: Record<string, unknown> = { schemas: [] };
  Object.assign(shown, projectMembers(index.coreAttributes, resource, projection, { prefix: "" }));
  for (const { schema } of type.extensions) {
    const data = resource[schema.id];
    if (!isObject(data)) continue;
    const container = namedAs(projection, schema.id);
    const members = projectMembers(schema.attributes, data, projection, { prefix: `${schema.id}:`, container });
    if (Object.keys(members).length > 0) shown[schema.id] = members;
  }
  shown.schemas = presentSchemas(type, shown);
  return shown;
}

/**
 * Whether a response shows any part of this attribute. If not, `members` and `groups`, which are costly, need not be
 * loaded. False for an attribute that the type does not have.
 */
export function needsAttribute(projection: Projection, name: string): boolean {
  const attribute = indexOf(projection.type).core.attributes.get(name);
  return attribute !== undefined && isShown(attribute, projection, { prefix: "" });
}

interface Place {
  /** The prefix of the name in a canonical path. */
  readonly prefix: string;
  /** How its container was named, if it was. */
  readonly container?: "asked" | "excluded" | undefined;
}

function projectMembers(
  attributes: readonly AttributeDefinition[],
  members: Readonly<Record<string, unknown>>,
  projection: Projection,
  place: Place,
): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const value = members[attribute.name];
    if (value === undefined || value === null || !isShown(attribute, projection, place)) continue;
    const projected = projectValue(attribute, value, projection, place);
    if (projected !== undefined) shown[attribute.name] = projected;
  }
  return shown;
}

function projectValue(attribute: AttributeDefinition, value: unknown, projection: Projection, place: Place): unknown {
  const subs = attribute.subAttributes;
  if (subs === undefined) return value;
  const path = place.prefix + attribute.name;
  const inside: Place = {
    prefix: `${path}.`,
    container: isWhole(attribute, path, projection, place) ? "asked" : undefined,
  };
  if (!Array.isArray(value)) return projectElement(subs, value, projection, inside);
  const elements = value.map((element) => projectElement(subs, element, projection, inside));
  const shown = elements.filter((element) => element !== undefined);
  return shown.length === 0 ? undefined : shown;
}

/** Whether all of a complex attribute was requested, by its container's name, or because it is always shown. */
function isWhole(attribute: AttributeDefinition, path: string, projection: Projection, place: Place): boolean {
  if (place.container === "asked" || namedAs(projection, path) === "asked") return true;
  return attribute.returned === "always" && !projection.within.has(path);
}

function projectElement(
  subs: readonly AttributeDefinition[],
  element: unknown,
  projection: Projection,
  place: Place,
): Record<string, unknown> | undefined {
  if (!isObject(element)) return undefined;
  const shown = projectMembers(subs, element, projection, place);
  return Object.keys(shown).length === 0 ? undefined : shown;
}

function isShown(attribute: AttributeDefinition, projection: Projection, place: Place): boolean {
  if (isSecret(attribute)) return false;
  if (attribute.returned === "always") return true;
  if (projection.mode === "default") return attribute.returned !== "request";
  const path = place.prefix + attribute.name;
  if (projection.mode === "only" && (projection.named.has(path) || projection.within.has(path))) return true;
  if (attribute.returned === "request" || place.container === "excluded") return false;
  if (projection.mode === "only") return place.container === "asked";
  return namedAs(projection, path) !== "excluded";
}

function namedAs(projection: Projection, path: string): Place["container"] {
  if (!projection.named.has(path)) return undefined;
  return projection.mode === "except" ? "excluded" : "asked";
}
