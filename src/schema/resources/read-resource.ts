import { InvalidSyntaxError, InvalidValueError } from "../../errors/request-errors.ts";
import { isObject } from "../../values/is-object.ts";
import { shortened } from "../../values/shortened.ts";
import { type IndexedSchema, indexOf } from "../attributes/attribute-index.ts";
import type { ResourceType } from "../attributes/definition.ts";
import { checkDeclaredSchemas, presentSchemas } from "../attributes/resource-schemas.ts";
import { isWritable } from "../attributes/writable.ts";
import { type Reading, readMembers, requireAttributes } from "./read-value.ts";

/** Options of `readResource` and `validateResource`. */
export interface ReadResourceOptions {
  /**
   * What to do with attributes, and with URNs in `schemas`, that the type does not have: refuse them, or drop them.
   *
   * @default "reject"
   */
  readonly unknown?: "reject" | "drop";
  /** Called with the path of each attribute, or the URN, that was dropped. */
  readonly onUnknown?: (path: string) => void;
  /** Whether `schemas` must be there and name the type's own URN (RFC 7643 section 3). @default true */
  readonly requireSchemas?: boolean;
}

/** The result of `readResource`. */
export interface ReadResource {
  /** In canonical form, with `schemas`, without read-only attributes and without secrets. */
  readonly resource: Record<string, unknown>;
  /** Values that are never shown again, by path: `password`. */
  readonly secrets: Record<string, unknown>;
  /** Paths of the top-level attributes that the body named, also those without a value. */
  readonly named: ReadonlySet<string>;
}

/**
 * Reads a resource as a client sends it with POST or PUT into its canonical form (RFC 7643 sections 2 and 3).
 *
 * Names and URNs are read in any case. Attributes that only the service provider sets are ignored whatever they hold.
 * Null, empty lists and empty objects mean that there is no value. Equal elements of a list are kept once.
 *
 * @throws {InvalidSyntaxError} when it is not an object, `schemas` does not fit, or something is unknown or given twice
 * @throws {InvalidValueError} when a value is missing or has another type than its attribute
 */
export function readResource(input: unknown, type: ResourceType, options: ReadResourceOptions = {}): ReadResource {
  if (!isObject(input)) throw new InvalidSyntaxError("The resource must be a JSON object");
  const index = indexOf(type);
  const reading: Reading = { index, unknown: unknownPolicy(options), secrets: {} };
  const parts = splitBySchema(input, reading);
  checkDeclaredSchemas(type, parts.declared, {
    required: options.requireSchemas ?? true,
    unknown: reading.unknown,
  });

  const attributes = readMembers(reading, index.core.attributes, parts.core, "");
  requireAttributes(type.schema.attributes, attributes, "", reading.secrets);
  for (const { schema, required } of type.extensions) {
    const secretsBefore = Object.keys(reading.secrets).length;
    const data = readExtension(reading, index.schemas.get(schema.id), parts.extensions.get(schema.id));
    if (data !== undefined) attributes[schema.id] = data;
    else if (required && schema.attributes.some(isWritable) && Object.keys(reading.secrets).length === secretsBefore) {
      throw new InvalidValueError(`${schema.id} is required`, { attribute: schema.id });
    }
  }
  return {
    resource: { schemas: presentSchemas(type, attributes), ...attributes },
    secrets: reading.secrets,
    named: parts.named,
  };
}

/**
 * The canonical form of a resource, without read-only attributes and without values that are never shown.
 *
 * @throws {InvalidSyntaxError} when it is not an object, `schemas` does not fit, or something is unknown or given twice
 * @throws {InvalidValueError} when a value is missing or has another type than its attribute
 */
export function validateResource(
  input: unknown,
  type: ResourceType,
  options: ReadResourceOptions = {},
): Record<string, unknown> {
  return readResource(input, type, options).resource;
}

function unknownPolicy(options: ReadResourceOptions): (path: string) => void {
  if (options.unknown === "drop") return (path) => options.onUnknown?.(path);
  return (path) => {
    throw new InvalidSyntaxError(`${shortened(path, 120)} is not known to this resource type`);
  };
}

interface Parts {
  readonly declared: unknown;
  readonly core: Record<string, unknown>;
  readonly extensions: Map<string, unknown>;
  readonly named: Set<string>;
}

function splitBySchema(input: Readonly<Record<string, unknown>>, reading: Reading): Parts {
  const { core, schemas } = reading.index;
  const rest: [string, unknown][] = [];
  const extensions = new Map<string, unknown>();
  const named = new Set<string>();
  let declared: unknown;
  for (const [name, value] of Object.entries(input)) {
    const attribute = core.attributes.get(name);
    const schema = attribute === undefined ? schemas.get(name) : undefined;
    const extension = schema?.extension;
    if (attribute?.name === "schemas") {
      if (declared !== undefined) throw new InvalidSyntaxError("schemas is given twice");
      declared = value;
    } else if (extension === undefined) {
      rest.push([name, value]);
      if (attribute !== undefined) named.add(attribute.name);
    } else {
      if (extensions.has(extension)) throw new InvalidSyntaxError(`${extension} is given twice`);
      extensions.set(extension, value);
      addNamed(named, extension, value, schema);
    }
  }
  return { declared, core: Object.fromEntries(rest), extensions, named };
}

function addNamed(named: Set<string>, urn: string, value: unknown, schema: IndexedSchema | undefined): void {
  named.add(urn);
  if (!isObject(value)) return;
  for (const name of Object.keys(value)) {
    const attribute = schema?.attributes.get(name);
    if (attribute !== undefined) named.add(`${urn}:${attribute.name}`);
  }
}

function readExtension(
  reading: Reading,
  schema: IndexedSchema | undefined,
  value: unknown,
): Record<string, unknown> | undefined {
  if (schema === undefined || value === undefined || value === null) return undefined;
  const urn = schema.definition.id;
  if (!isObject(value)) throw new InvalidValueError(`${urn} must be an object`, { attribute: urn });
  const secretsBefore = Object.keys(reading.secrets).length;
  const data = readMembers(reading, schema.attributes, value, `${urn}:`);
  const isEmpty = Object.keys(data).length === 0 && Object.keys(reading.secrets).length === secretsBefore;
  if (!isEmpty) requireAttributes(schema.definition.attributes, data, `${urn}:`, reading.secrets);
  return Object.keys(data).length === 0 ? undefined : data;
}
