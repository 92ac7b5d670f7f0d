import { InvalidValueError, MutabilityError } from "../errors/request-errors.ts";
import { indexOf } from "../schema/attributes/attribute-index.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import type { Draft } from "./draft.ts";
import { removeExtension } from "./mutability.ts";
import type { Mode } from "./read-value.ts";
import type { AttributeTarget, Place } from "./target.ts";

/**
 * Whether a place is the attribute `schemas`, which is kept in agreement with the data of extensions (RFC 7643 section
 * 3).
 */
export function isSchemas(place: Place): boolean {
  return place.extension === undefined && place.attribute.name === "schemas";
}

/**
 * Adds URNs to `schemas` or replaces them. An extension that is no longer named loses its data.
 *
 * @throws {InvalidValueError} for a URN that is not a schema of the resource type
 * @throws {MutabilityError} when the type's own URN or a required extension would be removed
 */
export function assignSchemas(draft: Draft, value: unknown, mode: Mode): void {
  const given = readUrns(draft.type, value);
  if (mode === "add") setSchemas(draft, [...currentSchemas(draft), ...given]);
  else setSchemas(draft, given);
}

/**
 * Removes URNs from `schemas`, and with them the data of the extensions they name (RFC 7644 section 3.5.2).
 *
 * @throws {MutabilityError} when the type's own URN or a required extension would be removed
 */
export function removeSchemas(draft: Draft, target: AttributeTarget, values: readonly string[] | undefined): void {
  const named = values?.map((urn) => urn.toLowerCase());
  const isRemoved = (urn: string): boolean =>
    (target.filter?.matches(urn) ?? true) && (named?.includes(urn.toLowerCase()) ?? true);
  setSchemas(
    draft,
    currentSchemas(draft).filter((urn) => !isRemoved(urn)),
  );
}

/**
 * The URNs in `schemas`, and those missing from it: a resource may hold data of an extension that it does not declare.
 */
function currentSchemas(draft: Draft): readonly string[] {
  const { type, schemas } = draft;
  const present = type.extensions.map(({ schema }) => schema.id).filter((urn) => draft.hasExtension(urn));
  return schemas.length === 0 ? [type.schema.id, ...present] : [...schemas, ...present];
}

function readUrns(type: ResourceType, value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === null ? [] : [value];
  return list.map((urn) => {
    const known = typeof urn === "string" ? indexOf(type).schemas.get(urn.toLowerCase()) : undefined;
    if (known !== undefined) return known.definition.id;
    throw new InvalidValueError(`schemas may only hold URNs of schemas of ${type.name}`, { attribute: "schemas" });
  });
}

function setSchemas(draft: Draft, urns: readonly string[]): void {
  const { type } = draft;
  const next = new Map(urns.map((urn) => [urn.toLowerCase(), urn]));
  if (!next.has(type.schema.id.toLowerCase())) {
    throw new MutabilityError(`schemas must name ${type.schema.id}`, { attribute: "schemas" });
  }
  const before = new Set(currentSchemas(draft).map((urn) => urn.toLowerCase()));
  for (const { schema } of type.extensions) {
    const key = schema.id.toLowerCase();
    if (before.has(key) && !next.has(key)) removeExtension(draft, schema.id);
  }
  draft.schemas = [...next.values()];
}
