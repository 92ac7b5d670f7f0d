import { InvalidSyntaxError, InvalidValueError } from "../../errors/request-errors.ts";
import { isObject } from "../../values/is-object.ts";
import { valueKey } from "../../values/value-key.ts";
import type { AttributesByName, TypeIndex } from "../attributes/attribute-index.ts";
import type { AttributeDefinition } from "../attributes/definition.ts";
import { isSecret } from "../attributes/is-secret.ts";
import { isReference } from "../attributes/reference.ts";
import { expectedOf, isScalarOf } from "../attributes/scalar.ts";
import { isWritable } from "../attributes/writable.ts";

/** What stays the same while a resource is read. */
export interface Reading {
  readonly index: TypeIndex;
  /** Called with the path of an attribute that no schema has; throws to refuse it. */
  readonly unknown: (path: string) => void;
  /** Values that are never shown, by path. */
  readonly secrets: Record<string, unknown>;
}

/**
 * Reads a value of an attribute into its canonical form; `undefined` if it is unassigned, as null, an empty list and an
 * object without assigned members are (RFC 7643 section 2.5).
 *
 * @throws {InvalidValueError} naming `path` and what was expected, never the value
 */
export function readValue(reading: Reading, attribute: AttributeDefinition, value: unknown, path: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (!attribute.multiValued) return readSingle(reading, attribute, value, path);
  if (!Array.isArray(value)) throw new InvalidValueError(`${path} must be a list`, { attribute: path });
  return readList(reading, attribute, value, path);
}

function readList(
  reading: Reading,
  attribute: AttributeDefinition,
  list: readonly unknown[],
  path: string,
): unknown[] | undefined {
  const elements = new Map<string, unknown>();
  let primaries = 0;
  for (const [position, item] of list.entries()) {
    const element = item === null ? undefined : readSingle(reading, attribute, item, `${path}[${position}]`);
    if (isReference(attribute)) requireReference(element, `${path}[${position}]`);
    if (element === undefined) continue;
    const key = valueKey(element);
    if (elements.has(key)) continue;
    elements.set(key, element);
    if (isPrimary(element)) primaries += 1;
  }
  if (primaries > 1) {
    throw new InvalidValueError(`${path} has more than one element with primary true`, { attribute: path });
  }
  return elements.size === 0 ? undefined : [...elements.values()];
}

/**
 * Refuses one of several references without `value`: dropped, it would silently be left out, or empty a group.
 *
 * @throws {InvalidValueError} naming its `value`
 */
function requireReference(element: unknown, path: string): void {
  if (isObject(element) && element.value !== undefined) return;
  throw new InvalidValueError(`${path}.value is required`, { attribute: `${path}.value` });
}

function isPrimary(element: unknown): boolean {
  return typeof element === "object" && element !== null && "primary" in element && element.primary === true;
}

function readSingle(reading: Reading, attribute: AttributeDefinition, value: unknown, path: string): unknown {
  if (attribute.type === "complex") return readComplex(reading, attribute, value, path);
  if (isScalarOf(attribute.type, value)) return value;
  throw new InvalidValueError(`${path} must be ${expectedOf(attribute.type, value)}`, { attribute: path });
}

function readComplex(
  reading: Reading,
  attribute: AttributeDefinition,
  value: unknown,
  path: string,
): Record<string, unknown> | undefined {
  if (!isObject(value)) throw notAnObject(attribute, path);
  const subAttributes = reading.index.subAttributes.get(attribute) ?? new Map();
  const members = readMembers(reading, subAttributes, value, `${path}.`);
  if (Object.keys(members).length === 0) return undefined;
  useTypeName(attribute, members);
  requireAttributes(attribute.subAttributes ?? [], members, `${path}.`, reading.secrets);
  refuseEmptyReference(attribute, members, path);
  return members;
}

/** The error for a value of a complex attribute that is not an object. */
export function notAnObject(attribute: AttributeDefinition, path: string): InvalidValueError {
  const wanted = isReference(attribute) ? "an object with a value" : "an object";
  return new InvalidValueError(`${path} must be ${wanted}`, { attribute: path });
}

/**
 * Refuses one of several references, such as a member, whose `value` is an empty text.
 *
 * @throws {InvalidValueError} naming its `value`
 */
export function refuseEmptyReference(
  attribute: AttributeDefinition,
  element: Readonly<Record<string, unknown>>,
  path: string,
): void {
  if (element.value !== "" || !attribute.multiValued || !isReference(attribute)) return;
  throw new InvalidValueError(`${path}.value must not be empty`, { attribute: `${path}.value` });
}

/**
 * Reads the attributes in an object. Names are read in any case and returned in canonical case; read-only attributes
 * are dropped (RFC 7644 section 3.5.1); secrets are collected apart.
 */
export function readMembers(
  reading: Reading,
  attributes: AttributesByName,
  input: Readonly<Record<string, unknown>>,
  prefix: string,
): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(input)) {
    const attribute = attributes.get(name);
    if (attribute === undefined) {
      reading.unknown(prefix + name);
      continue;
    }
    const path = prefix + attribute.name;
    if (seen.has(attribute.name)) throw new InvalidSyntaxError(`${path} is given twice`);
    seen.add(attribute.name);
    if (attribute.mutability === "readOnly") continue;
    const read = readValue(reading, attribute, value, path);
    if (read === undefined) continue;
    if (isSecret(attribute)) reading.secrets[path] = read;
    else members[attribute.name] = read;
  }
  return members;
}

/**
 * Refuses an object that lacks a required attribute, or has an empty text for one. Attributes that are never shown are
 * looked up in `secrets`; without it, they count as present. Attributes that no client can write are not required.
 *
 * @throws {InvalidValueError} naming the attribute
 */
export function requireAttributes(
  attributes: readonly AttributeDefinition[],
  members: Readonly<Record<string, unknown>>,
  prefix: string,
  secrets?: Readonly<Record<string, unknown>>,
): void {
  for (const attribute of attributes) {
    if (!attribute.required || !isWritable(attribute)) continue;
    const path = prefix + attribute.name;
    const value = members[attribute.name];
    if (value === undefined && isGivenInSecret(attribute, path, secrets)) continue;
    if (value === undefined) throw new InvalidValueError(`${path} is required`, { attribute: path });
    if (typeof value === "string" && value.trim() === "") {
      throw new InvalidValueError(`${path} is required and must not be empty`, { attribute: path });
    }
  }
}

function isGivenInSecret(
  attribute: AttributeDefinition,
  path: string,
  secrets: Readonly<Record<string, unknown>> | undefined,
): boolean {
  if (secrets === undefined) return isSecret(attribute) || attribute.subAttributes?.some(isSecret) === true;
  const isWithin = (name: string) => name.startsWith(path) && /^(?:$|[.[])/.test(name.slice(path.length));
  return Object.keys(secrets).some(isWithin);
}

/**
 * `type` beside a `$ref` names a resource type, and these names are case-sensitive; clients send `user` all the same.
 */
export function useTypeName(attribute: AttributeDefinition, members: Record<string, unknown>): void {
  const type = members.type;
  if (typeof type !== "string") return;
  const reference = attribute.subAttributes?.find((sub) => sub.name === "$ref");
  const name = reference?.referenceTypes?.find((candidate) => candidate.toLowerCase() === type.toLowerCase());
  if (name !== undefined) members.type = name;
}
