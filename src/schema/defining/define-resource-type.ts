import { attachIndex } from "../attributes/attribute-index.ts";
import type { SchemaDefinition, SchemaExtension } from "../attributes/definition.ts";
import { commonAttributes } from "./common-attributes.ts";
import { checkedSchema } from "./define-schema.ts";
import type { ResourceTypeInput } from "./inputs.ts";
import type { ResourceTypeFrom } from "./literal-types.ts";
import { refuseUnknown } from "./refuse-unknown.ts";

const MEMBERS: readonly string[] = ["name", "endpoint", "description", "schema", "extensions"];
const NAME = /^[A-Za-z][A-Za-z0-9._-]*$/;
const ENDPOINT = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;
const RESERVED_SEGMENTS: ReadonlySet<string> = new Set([
  "bulk",
  "me",
  "schemas",
  "resourcetypes",
  "serviceproviderconfig",
]);

/**
 * Creates a resource type (RFC 7643 section 6) from schemas. The result is frozen and carries the index that path
 * look-ups need.
 *
 * @throws {TypeError} when name, endpoint or schemas are not usable: an endpoint of the protocol itself, a schema given
 * twice, a schema of the type that defines `id`, `externalId`, `meta` or `schemas` again, an extension with the name of
 * an attribute of another schema
 */
export function defineResourceType<const T extends ResourceTypeInput>(
  input: unknown extends T ? T : ResourceTypeInput,
): ResourceTypeFrom<T> {
  const where = `Resource type ${String(input.name)}`;
  refuseUnknown(input, MEMBERS, where);
  if (typeof input.name !== "string" || !NAME.test(input.name)) {
    throw new TypeError(
      `${where}: name: not a name a resource type can have (a letter, then letters, digits, . _ and -)`,
    );
  }
  refuseEndpoint(input.endpoint, where);
  const schema = checkedSchema(input.schema);
  const extensions = (input.extensions ?? []).map((extension) => checkedExtension(extension, where));
  refuseReservedNames(schema, where);
  refuseRepeatedSchemas(schema, extensions, where);
  refuseAmbiguousNames([schema, ...extensions.map((extension) => extension.schema)], where);
  const type = {
    name: input.name,
    endpoint: input.endpoint,
    description: input.description ?? "",
    schema,
    extensions: Object.freeze(extensions),
  };
  return Object.freeze(attachIndex(type, commonAttributes)) as ResourceTypeFrom<T>;
}

function checkedExtension(
  extension: NonNullable<ResourceTypeInput["extensions"]>[number],
  where: string,
): SchemaExtension {
  refuseUnknown(extension, ["schema", "required"], `${where}, extension`);
  return Object.freeze({ schema: checkedSchema(extension.schema), required: extension.required ?? false });
}

function refuseEndpoint(endpoint: string, where: string): void {
  if (typeof endpoint !== "string" || !ENDPOINT.test(endpoint)) {
    throw new TypeError(
      `${where}: endpoint: must be path segments of letters, digits, . _ ~ and -, each after a slash`,
    );
  }
  const [first = "", ...more] = endpoint.toLowerCase().split("/").slice(1);
  if (RESERVED_SEGMENTS.has(first) || [first, ...more].includes(".search")) {
    throw new TypeError(`${where}: endpoint: ${endpoint} is an endpoint of the protocol itself`);
  }
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

/** `urn:example:a:b` must not be an extension and, in another schema, the attribute `b` of `urn:example:a`. */
function refuseAmbiguousNames(schemas: readonly SchemaDefinition[], where: string): void {
  const urns = new Map(schemas.map(({ id }) => [id.toLowerCase(), id]));
  for (const { id, attributes } of schemas) {
    for (const { name, subAttributes } of attributes) {
      const path = `${id}:${name}`;
      for (const each of [path, ...(subAttributes ?? []).map((sub) => `${path}.${sub.name}`)]) {
        if (urns.has(each.toLowerCase())) {
          throw new TypeError(`${where}: ${each} names both an attribute and a schema`);
        }
      }
    }
  }
}
