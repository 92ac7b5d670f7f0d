import * as z from "zod/mini";
import { readAs } from "../../options/read-as.ts";
import { isObject } from "../../values/is-object.ts";
import type { ResourceType, SchemaDefinition } from "../attributes/definition.ts";
import { commonAttributes } from "../defining/common-attributes.ts";
import { defineResourceType } from "../defining/define-resource-type.ts";
import { readSchema } from "../defining/define-schema.ts";
import { enterpriseUserSchema } from "../definitions/enterprise-user.ts";
import { groupSchema } from "../definitions/group.ts";
import { userSchema } from "../definitions/user.ts";

/**
 * The argument of `defineResourceTypes`: responses of `/ResourceTypes` and `/Schemas`, or lists of the documents in
 * them.
 */
export interface ResourceTypeDocuments {
  /** A list response, a list of documents, or one document (RFC 7643 section 6). */
  readonly resourceTypes: unknown;
  /** A list response, a list of documents, or one document (RFC 7643 section 7). Those of the RFC itself may be left out. */
  readonly schemas?: unknown;
}

const resourceTypeShape = z.object({
  name: z.string(),
  endpoint: z.string(),
  description: z.nullish(z.string()),
  schema: z.string(),
  schemaExtensions: z.nullish(z.array(z.object({ schema: z.string(), required: z.nullish(z.boolean()) }))),
});

/**
 * Reads resource types from JSON as a service provider publishes it at `/ResourceTypes` and `/Schemas` (RFC 7643
 * sections 6 and 7). Schemas that no type names are ignored. Some service providers list the attributes that every
 * resource has (`id`, `externalId`, `meta`, `schemas`) in a type's own schema; they are dropped there. Members that a
 * definition does not have are ignored.
 *
 * @throws {TypeError} naming resource type, schema and attribute, for an invalid document, or a schema that is named
 * but missing
 */
export function defineResourceTypes(documents: ResourceTypeDocuments): ResourceType[] {
  const schemas = new Map(
    listOf(documents.schemas).flatMap((json) =>
      isObject(json) && typeof json.id === "string" ? [[json.id.toLowerCase(), json] as const] : [],
    ),
  );
  const list = listOf(documents.resourceTypes);
  if (list.length === 0) throw new TypeError("resourceTypes: there is no resource type in it");
  return list.map((json, position) => readType(json, position, schemas));
}

function readType(
  json: unknown,
  position: number,
  schemas: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): ResourceType {
  const named = isObject(json) && typeof json.name === "string" ? json.name : String(position);
  const where = `Resource type ${named}`;
  const { name, endpoint, description, schema, schemaExtensions } = readAs(resourceTypeShape, json, where);
  return defineResourceType({
    name,
    endpoint: endpoint.startsWith("/") ? endpoint : `/${endpoint}`,
    description: description ?? "",
    schema: schemaOf(schema, { schemas, where, isOwn: true }),
    extensions: (schemaExtensions ?? []).map((extension) => ({
      schema: schemaOf(extension.schema, { schemas, where, isOwn: false }),
      required: extension.required ?? false,
    })),
  });
}

interface Looked {
  readonly schemas: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly where: string;
  /** Whether it is the type's own schema and not an extension. */
  readonly isOwn: boolean;
}

function schemaOf(urn: string, { schemas, where, isOwn }: Looked): SchemaDefinition {
  const json = schemas.get(urn.toLowerCase());
  if (json !== undefined) return readSchema(isOwn ? withoutCommon(json) : json, "ignore");
  const standard = [userSchema, groupSchema, enterpriseUserSchema].find(
    ({ id }) => id.toLowerCase() === urn.toLowerCase(),
  );
  if (standard !== undefined) return standard;
  throw new TypeError(`${where}: schema ${urn} is missing from the given schemas`);
}

function withoutCommon(json: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (!Array.isArray(json.attributes)) return { ...json };
  const common = new Set(commonAttributes.map((attribute) => attribute.name.toLowerCase()));
  const isCommon = (attribute: unknown): boolean =>
    isObject(attribute) && typeof attribute.name === "string" && common.has(attribute.name.toLowerCase());
  return { ...json, attributes: json.attributes.filter((attribute: unknown) => !isCommon(attribute)) };
}

/** The documents of a list response, of a list, or the one that is given. */
function listOf(json: unknown): readonly unknown[] {
  if (json === undefined || json === null) return [];
  if (Array.isArray(json)) return json;
  return isObject(json) && Array.isArray(json.Resources) ? json.Resources : [json];
}
