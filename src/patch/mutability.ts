import { MutabilityError } from "../errors/request-errors.ts";
import { indexOf } from "../schema/attribute-index.ts";
import type { AttributeDefinition } from "../schema/definition.ts";
import type { Draft } from "./draft.ts";
import { isUnassigned, sameValue } from "./equal.ts";
import { type AttributeTarget, type Place, placeName } from "./target.ts";

/**
 * Refuses to write what only the service provider writes (RFC 7643 section 7).
 *
 * @throws {MutabilityError} naming the attribute
 */
export function refuseReadOnly(target: AttributeTarget): void {
  const { attribute, sub } = target;
  if (attribute.mutability !== "readOnly" && sub?.mutability !== "readOnly") return;
  const name = placeName(target, sub);
  throw new MutabilityError(name, `${name} is read-only`);
}

/** A value before and after. */
export interface Change {
  readonly old: unknown;
  readonly next: unknown;
  /** The attribute as errors show it. */
  readonly name: string;
}

/**
 * An immutable attribute takes a value once (RFC 7643 section 7).
 *
 * @throws {MutabilityError} when it had a value and would get another or none
 */
export function refuseImmutableChange(definition: AttributeDefinition, { old, next, name }: Change): void {
  if (definition.mutability !== "immutable" || isUnassigned(old) || sameValue(old, next)) return;
  throw new MutabilityError(name, `${name} is immutable and has a value`);
}

/**
 * Refuses to take away what must be there (RFC 7644 section 3.5.2.2).
 *
 * @throws {MutabilityError} naming the attribute
 */
export function refuseRequired(definition: AttributeDefinition, name: string): void {
  if (definition.required) throw new MutabilityError(name, `${name} is required and cannot be removed`);
}

/**
 * Takes all values of an attribute away.
 *
 * @throws {MutabilityError} when it is required, or immutable and has a value
 */
export function unassign(draft: Draft, place: Place): void {
  const { attribute } = place;
  const name = placeName(place);
  refuseRequired(attribute, name);
  refuseImmutableChange(attribute, { old: draft.read(place), next: undefined, name });
  if (attribute.multiValued) draft.list(place).clear();
  else if (draft.read(place) !== undefined) draft.write(place, undefined);
}

/**
 * Takes the data of an extension away.
 *
 * @throws {MutabilityError} when every resource of the type must have it, or it holds what may not be changed
 */
export function removeExtension(draft: Draft, urn: string): void {
  if (draft.type.extensions.some(({ schema, required }) => required && schema.id === urn)) {
    throw new MutabilityError(urn, `${urn} is required and cannot be removed`);
  }
  for (const attribute of indexOf(draft.type).schemas.get(urn.toLowerCase())?.attributes.values() ?? []) {
    const place: Place = { extension: urn, attribute };
    const isFixed = attribute.mutability === "readOnly" || attribute.mutability === "immutable";
    if (isFixed && draft.read(place) !== undefined) {
      const name = placeName(place);
      throw new MutabilityError(name, `${name} may not be changed`);
    }
  }
  draft.dropExtension(urn);
}
