import { URN } from "../../protocol/urns.ts";
import type { AttributeDefinition, ResourceType, SchemaDefinition } from "../attributes/definition.ts";

/** A discovery document: plain JSON data without nulls; members that are undefined are not sent. */
export type DiscoveryDocument = Record<string, unknown>;

/** A schema as `/Schemas` shows it (RFC 7643 section 7), with every characteristic. */
export function schemaDocument(schema: SchemaDefinition, baseUrl: string): DiscoveryDocument {
  return {
    schemas: [URN.schema],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(attributeDocument),
    meta: meta(baseUrl, "Schema", `/Schemas/${schema.id}`),
  };
}

function attributeDocument(attribute: AttributeDefinition): DiscoveryDocument {
  return {
    name: attribute.name,
    type: attribute.type,
    multiValued: attribute.multiValued,
    description: attribute.description,
    required: attribute.required,
    canonicalValues: attribute.canonicalValues,
    caseExact: attribute.caseExact,
    mutability: attribute.mutability,
    returned: attribute.returned,
    // Complex values are not compared, so that they have no uniqueness (erratum 6004).
    uniqueness: attribute.subAttributes === undefined ? attribute.uniqueness : undefined,
    referenceTypes: attribute.referenceTypes,
    subAttributes: attribute.subAttributes?.map(attributeDocument),
  };
}

/** A resource type as `/ResourceTypes` shows it (RFC 7643 section 6). */
export function resourceTypeDocument(type: ResourceType, baseUrl: string): DiscoveryDocument {
  return {
    schemas: [URN.resourceType],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map(({ schema, required }) => ({ schema: schema.id, required })),
    meta: meta(baseUrl, "ResourceType", `/ResourceTypes/${type.name}`),
  };
}

/** One way to authenticate, as discovery shows it (RFC 7643 section 5). */
export interface AuthenticationScheme {
  readonly type: "oauth" | "oauth2" | "oauthbearertoken" | "httpbasic" | "httpdigest";
  readonly name: string;
  readonly description: string;
  readonly specUri?: string;
  readonly documentationUri?: string;
  readonly primary?: boolean;
}

/** How a service provider pages (RFC 9865 section 4). */
export interface PaginationFeatures {
  readonly cursor: boolean;
  readonly index: boolean;
  readonly defaultPaginationMethod?: "cursor" | "index";
  readonly defaultPageSize?: number;
  readonly maxPageSize?: number;
  /** In seconds. */
  readonly cursorTimeout?: number;
}

/** The features of a service provider. A missing one is not supported. */
export interface ServiceProviderFeatures {
  readonly patch?: boolean;
  /** Limits of one bulk request; the size is in bytes. */
  readonly bulk?: { readonly maxOperations: number; readonly maxPayloadSize: number };
  readonly filter?: { readonly maxResults: number };
  readonly changePassword?: boolean;
  readonly sort?: boolean;
  readonly etag?: boolean;
  readonly pagination?: PaginationFeatures;
  readonly authenticationSchemes: readonly AuthenticationScheme[];
  readonly documentationUri?: string;
}

/** The document at `/ServiceProviderConfig` (RFC 7643 section 5): features that are not supported are stated too. */
export function serviceProviderConfigDocument(features: ServiceProviderFeatures, baseUrl: string): DiscoveryDocument {
  return {
    schemas: [URN.serviceProviderConfig],
    documentationUri: features.documentationUri,
    patch: { supported: features.patch ?? false },
    bulk: {
      supported: features.bulk !== undefined,
      maxOperations: features.bulk?.maxOperations ?? 0,
      maxPayloadSize: features.bulk?.maxPayloadSize ?? 0,
    },
    filter: { supported: features.filter !== undefined, maxResults: features.filter?.maxResults ?? 0 },
    changePassword: { supported: features.changePassword ?? false },
    sort: { supported: features.sort ?? false },
    etag: { supported: features.etag ?? false },
    pagination: features.pagination && assigned(features.pagination),
    authenticationSchemes: features.authenticationSchemes.map(assigned),
    meta: meta(baseUrl, "ServiceProviderConfig", "/ServiceProviderConfig"),
  };
}

function meta(baseUrl: string, resourceType: string, path: string): DiscoveryDocument {
  return { resourceType, location: (baseUrl.endsWith("/") ? baseUrl.slice(0, -1) : baseUrl) + path };
}

/** A copy without the members that are undefined or null: some readers of discovery fail on nulls. */
function assigned(members: object): DiscoveryDocument {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}
