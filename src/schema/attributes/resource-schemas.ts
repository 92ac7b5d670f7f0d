import { InvalidSyntaxError } from "../../errors/request-errors.ts";
import { indexOf } from "./attribute-index.ts";
import type { ResourceType } from "./definition.ts";

/**
 * The value of `schemas` in a canonical resource: the type's own URN and that of every extension with data (RFC 7643
 * section 3).
 */
export function presentSchemas(type: ResourceType, resource: Readonly<Record<string, unknown>>): string[] {
  const extensions = type.extensions.map((extension) => extension.schema.id);
  return [type.schema.id, ...extensions.filter((urn) => resource[urn] !== undefined)];
}

/**
 * Checks what a client declares as `schemas`. An extension may be declared without data and have data undeclared.
 *
 * @throws {InvalidSyntaxError} when it is not a list of texts, or lacks the type's own URN
 */
export function checkDeclaredSchemas(
  type: ResourceType,
  declared: unknown,
  options: { readonly required: boolean; readonly unknown: (urn: string) => void },
): void {
  if (declared === undefined || declared === null) {
    if (options.required) throw new InvalidSyntaxError(`schemas is missing; it must name ${type.schema.id}`);
    return;
  }
  if (!Array.isArray(declared) || !declared.every((urn) => typeof urn === "string")) {
    throw new InvalidSyntaxError("schemas must be a list of URIs");
  }
  const known = indexOf(type).schemas;
  for (const urn of declared) {
    if (!known.has(urn)) options.unknown(urn);
  }
  const own = type.schema.id.toLowerCase();
  if (options.required && !declared.some((urn) => urn.toLowerCase() === own)) {
    throw new InvalidSyntaxError(`schemas must name ${type.schema.id}`);
  }
}
