import { MutabilityError } from "../errors/request-errors.ts";
import { indexOf } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import type { Draft } from "./draft.ts";
import { isUnassigned, sameValue } from "./equal.ts";
import { type AttributeTarget, type Place, placeName } from "./target.ts";

/**
 * Refuses to write a read-only attribute (RFC 7643 section 7).
 *
 * @throws {MutabilityError} naming the attribute
 */
export function refuseReadOnly(target: AttributeTarget): void {
  const { attribute, sub } = target;
  if (attribute.mutability !== "readOnly" && sub?.mutability !== "readOnly") return;
  const name = placeName(target, sub);
  throw new MutabilityError(`${name} is read-only`, { attribute: name });
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
  throw new MutabilityError(`${name} is immutable and has a value`, { attribute: name });
}

/**
 * Refuses to remove a required attribute (RFC 7644 section 3.5.2.2).
 *
 * @throws {MutabilityError} naming the attribute
 */
export function refuseRequired(definition: AttributeDefinition, name: string): void {
  if (definition.required) throw new MutabilityError(`${name} is required and cannot be removed`, { attribute: name });
}

/**
 * Removes all values of an attribute.
 *
 * @throws {MutabilityError} when it is required, or immutable and has a value
 */
export function unassign(draft: Draft, place: Place): void {
  const { attribute } = place;
  const name = placeName(place);
  refuseRequired(attribute, name);
  const old = draft.read(place);
  refuseImmutableChange(attribute, { old, next: undefined, name });
  refuseLossOfParts(attribute, old, name);
  if (attribute.multiValued) draft.list(place).clear();
  else if (old !== undefined) draft.write(place, undefined);
}

/**
 * To remove a single complex value is to remove its immutable sub-attributes. Elements of a list have no identity
 * except their values.
 */
function refuseLossOfParts(attribute: AttributeDefinition, old: unknown, name: string): void {
  if (attribute.multiValued || !isObject(old)) return;
  for (const sub of attribute.subAttributes ?? []) {
    refuseImmutableChange(sub, { old: old[sub.name], next: undefined, name: `${name}.${sub.name}` });
  }
}

/**
 * Removes the data of an extension.
 *
 * @throws {MutabilityError} when the type requires it, or it holds values that must not be changed
 */
export function removeExtension(draft: Draft, urn: string): void {
  if (draft.type.extensions.some(({ schema, required }) => required && schema.id === urn)) {
    throw new MutabilityError(`${urn} is required and cannot be removed`, { attribute: urn });
  }
  for (const attribute of indexOf(draft.type).schemas.get(urn.toLowerCase())?.attributes.values() ?? []) {
    const place: Place = { extension: urn, attribute };
    const isFixed = attribute.mutability === "readOnly" || attribute.mutability === "immutable";
    const name = placeName(place);
    const old = draft.read(place);
    if (isFixed && old !== undefined) throw new MutabilityError(`${name} must not be changed`, { attribute: name });
    refuseLossOfParts(attribute, old, name);
  }
  draft.dropExtension(urn);
}
