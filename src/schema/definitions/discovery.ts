import { URN } from "../../protocol/urns.ts";
import { deepFreeze } from "../../values/frozen-json.ts";
import { attribute, type Characteristics } from "../attributes/attribute.ts";
import type { AttributeDefinition, SchemaDefinition } from "../attributes/definition.ts";

/**
 * The schemas of the discovery documents themselves (RFC 7643 section 8.7.2, and section 4 of RFC 9865). They are for
 * documentation only; no resource type uses them. The schema of schemas nests complex attributes, which resources
 * cannot do.
 */
export const discoverySchemas: readonly SchemaDefinition[] = Object.freeze([
  schema(URN.serviceProviderConfig, "Service Provider Configuration", "What a service provider can do", [
    shown("documentationUri", "Where people read about the service provider.", link()),
    feature("patch", "Whether resources can be changed with PATCH."),
    feature("bulk", "Whether there are bulk requests, and how large they may be.", [
      shown("maxOperations", "Most operations in a bulk request.", { type: "integer", required: true }),
      shown("maxPayloadSize", "Largest bulk request, in bytes.", { type: "integer", required: true }),
    ]),
    feature("filter", "Whether listings can be filtered.", [
      shown("maxResults", "The maximum number of resources in a response.", { type: "integer", required: true }),
    ]),
    feature("changePassword", "Whether passwords can be changed."),
    feature("sort", "Whether listings can be sorted."),
    feature("etag", "Whether resources have entity tags."),
    complex("pagination", "How listings are paged.", [
      shown("cursor", "Whether by cursor.", { type: "boolean", required: true }),
      shown("index", "Whether by index.", { type: "boolean", required: true }),
      shown("defaultPaginationMethod", "The method that is used if a request names none.", {
        canonicalValues: ["cursor", "index"],
      }),
      shown("defaultPageSize", "Resources in a page if a request has no count.", { type: "integer" }),
      shown("maxPageSize", "Most resources in a page.", { type: "integer" }),
      shown("cursorTimeout", "How long a cursor is valid, in seconds.", { type: "integer" }),
    ]),
    complex("authenticationSchemes", "How clients can authenticate.", authenticationScheme(), {
      multiValued: true,
      required: true,
    }),
  ]),
  schema(URN.resourceType, "ResourceType", "A type of resources", [
    shown("id", "The id of the resource type: its name."),
    shown("name", "The name of the resource type, such as User.", { required: true, caseExact: true }),
    shown("description", "What the resources are, for people."),
    shown("endpoint", "Where they are found, relative to the base URL.", { ...uri(), required: true }),
    shown("schema", "The URN of their schema.", { ...uri(), required: true }),
    complex(
      "schemaExtensions",
      "The extensions that they can have.",
      [
        shown("schema", "The URN of the extension.", { ...uri(), required: true }),
        shown("required", "Whether each of them must have it.", { type: "boolean", required: true }),
      ],
      { multiValued: true, required: true },
    ),
  ]),
  schema(URN.schema, "Schema", "A schema: the attributes that resources can have", [
    shown("id", "The URN of the schema.", { required: true }),
    shown("name", "The name of the schema, for people."),
    shown("description", "What the schema is for, for people."),
    complex(
      "attributes",
      "The attributes of the schema.",
      [
        ...characteristics(),
        complex("subAttributes", "The attributes within a complex one.", characteristics(), { multiValued: true }),
      ],
      { multiValued: true, required: true },
    ),
  ]),
]);

function schema(
  id: string,
  name: string,
  description: string,
  attributes: readonly AttributeDefinition[],
): SchemaDefinition {
  return deepFreeze({ id, name, description, attributes });
}

function shown(name: string, description: string, more: Characteristics = {}): AttributeDefinition {
  return attribute(name, description, { ...more, mutability: "readOnly" });
}

function complex(
  name: string,
  description: string,
  subAttributes: readonly AttributeDefinition[],
  more: Characteristics = {},
): AttributeDefinition {
  return shown(name, description, { ...more, type: "complex", subAttributes });
}

function feature(name: string, description: string, limits: readonly AttributeDefinition[] = []): AttributeDefinition {
  const supported = shown("supported", "Whether it is supported.", { type: "boolean", required: true });
  return complex(name, description, [supported, ...limits], { required: true });
}

function authenticationScheme(): readonly AttributeDefinition[] {
  return [
    shown("type", "The kind of scheme.", {
      required: true,
      canonicalValues: ["oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"],
    }),
    shown("name", "The name of the scheme, for people.", { required: true }),
    shown("description", "What the scheme is, for people.", { required: true }),
    shown("specUri", "Where the scheme is specified.", link()),
    shown("documentationUri", "Where people read how to use it.", link()),
    shown("primary", "Whether it is the preferred one.", { type: "boolean" }),
  ];
}

/** The members of an attribute's definition, without sub-attributes. */
function characteristics(): readonly AttributeDefinition[] {
  const exact: Characteristics = { caseExact: true };
  return [
    shown("name", "The name of the attribute.", { ...exact, required: true }),
    shown("type", "The type of its values.", {
      ...exact,
      required: true,
      canonicalValues: ["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"],
    }),
    shown("multiValued", "Whether there can be several values.", { type: "boolean", required: true }),
    shown("description", "What the attribute is for, for people."),
    shown("required", "Whether there must be a value.", { type: "boolean" }),
    shown("canonicalValues", "Values that are suggested.", { ...exact, multiValued: true }),
    shown("caseExact", "Whether case makes a difference.", { type: "boolean" }),
    shown("mutability", "When it can be written.", {
      ...exact,
      canonicalValues: ["readOnly", "readWrite", "immutable", "writeOnly"],
    }),
    shown("returned", "When it is shown.", { ...exact, canonicalValues: ["always", "never", "default", "request"] }),
    shown("uniqueness", "How far a value must be unique.", {
      ...exact,
      canonicalValues: ["none", "server", "global"],
    }),
    shown("referenceTypes", "What a reference can refer to.", { ...exact, multiValued: true }),
  ];
}

function link(): Characteristics {
  return { type: "reference", referenceTypes: ["external"] };
}

function uri(): Characteristics {
  return { type: "reference", referenceTypes: ["uri"] };
}
