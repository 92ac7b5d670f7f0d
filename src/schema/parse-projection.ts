import type { ResourceType } from "./definition.ts";
import { printResolvedPath, resolvePath } from "./resolve-path.ts";
import { splitPath } from "./split-path.ts";

/** Which attributes of a resource an answer shows (RFC 7644 section 3.9). Made by `parseProjection`. */
export interface Projection {
  /** `default`: as the definitions have it. `only`: what is named, and what is always shown. `except`: the default without what is named. */
  readonly mode: "default" | "only" | "except";
  /** Canonical paths of what is named: `name`, `name.givenName`, the URN of an extension. */
  readonly named: ReadonlySet<string>;
  /** Canonical paths of what has something named within: `name` where `name.givenName` is named. */
  readonly within: ReadonlySet<string>;
}

/** The two query parameters, as a text with commas between the names, or as the list of a search request. */
export interface ProjectionParameters {
  readonly attributes?: string | readonly string[];
  readonly excludedAttributes?: string | readonly string[];
}

/**
 * Reads `attributes` and `excludedAttributes` (RFC 7644 section 3.4.2.5). Where both are given, `attributes` wins.
 *
 * Names come in every notation and case: with a URN or without, sub-attributes, the URN of an extension alone, the URN of
 * the type's own schema alone. Names that the type does not know are ignored; a parameter without any text is no
 * parameter.
 */
export function parseProjection(parameters: ProjectionParameters, type: ResourceType): Projection {
  const only = namesOf(parameters.attributes);
  if (only.length > 0) return { mode: "only", ...readNames(only, type) };
  const except = namesOf(parameters.excludedAttributes);
  if (except.length > 0) return { mode: "except", ...readNames(except, type) };
  return { mode: "default", named: new Set(), within: new Set() };
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
      for (const attribute of type.schema.attributes) named.add(attribute.name);
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
