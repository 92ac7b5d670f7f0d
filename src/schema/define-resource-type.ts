import { attachIndex } from "./attribute-index.ts";
import { defineSchema } from "./define-schema.ts";
import type { ResourceType, SchemaDefinition, SchemaExtension } from "./definition.ts";
import { commonAttributes } from "./definitions/common-attributes.ts";

/** What `defineResourceType` is given. */
export interface ResourceTypeInput {
  /** Unique among the types of a service provider; part of the URL of its own description. */
  readonly name: string;
  /** Relative to the base URL, one segment with a leading slash: `/Users`. */
  readonly endpoint: string;
  readonly description?: string;
  readonly schema: SchemaDefinition;
  readonly extensions?: readonly {
    readonly schema: SchemaDefinition;
    /** Whether every resource of the type must carry it. @default false */
    readonly required?: boolean;
  }[];
}

const NAME = /^[A-Za-z][A-Za-z0-9._-]*$/;
const ENDPOINT = /^\/[A-Za-z0-9._~-]+$/;
const RESERVED_ENDPOINTS: ReadonlySet<string> = new Set([
  "/bulk",
  "/me",
  "/schemas",
  "/resourcetypes",
  "/serviceproviderconfig",
  "/.search",
]);

/**
 * Makes a resource type (RFC 7643 section 6) of schemas. The result is frozen and carries the index that path look-ups
 * need.
 *
 * @throws {TypeError} when name, endpoint or schemas are not usable: an endpoint of the protocol itself, a schema given
 * twice, a schema of the type that defines `id`, `externalId`, `meta` or `schemas` anew
 */
export function defineResourceType(input: ResourceTypeInput): ResourceType {
  const where = `Resource type ${input.name}`;
  if (!NAME.test(input.name)) throw new TypeError(`${where}: not a name a resource type can have`);
  if (!ENDPOINT.test(input.endpoint)) {
    throw new TypeError(`${where}: the endpoint must be one path segment with a leading slash`);
  }
  if (RESERVED_ENDPOINTS.has(input.endpoint.toLowerCase())) {
    throw new TypeError(`${where}: ${input.endpoint} is an endpoint of the protocol itself`);
  }
  const schema = complete(input.schema);
  const extensions = (input.extensions ?? []).map((extension) =>
    Object.freeze({ schema: complete(extension.schema), required: extension.required ?? false }),
  );
  refuseReservedNames(schema, where);
  refuseRepeatedSchemas(schema, extensions, where);
  const type = {
    name: input.name,
    endpoint: input.endpoint,
    description: input.description ?? "",
    schema,
    extensions: Object.freeze(extensions),
  };
  return Object.freeze(attachIndex(type, commonAttributes));
}

/** A definition written by hand is read like JSON: checked, completed, frozen. */
function complete(schema: SchemaDefinition): SchemaDefinition {
  return Object.isFrozen(schema) && Object.isFrozen(schema.attributes) ? schema : defineSchema(schema);
}

function refuseReservedNames(schema: SchemaDefinition, where: string): void {
  const reserved = new Set(commonAttributes.map((attribute) => attribute.name.toLowerCase()));
  for (const attribute of schema.attributes) {
    if (reserved.has(attribute.name.toLowerCase())) {
      throw new TypeError(
        `${where}: schema ${schema.id} defines ${attribute.name}, which every resource has (RFC 7643 section 3.1)`,
      );
    }
  }
}

function refuseRepeatedSchemas(schema: SchemaDefinition, extensions: readonly SchemaExtension[], where: string): void {
  const seen = new Set([schema.id.toLowerCase()]);
  for (const extension of extensions) {
    const key = extension.schema.id.toLowerCase();
    if (seen.has(key)) throw new TypeError(`${where}: schema ${extension.schema.id} is given twice`);
    seen.add(key);
  }
}
