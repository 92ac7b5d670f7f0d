import type { ResourceType, SchemaDefinition } from "./definition.ts";

/** The resource types of one service provider: validation, discovery and routing all use it. */
export interface Registry {
  readonly types: readonly ResourceType[];
  /** Every schema of the types, each once, in the order of the types. */
  readonly schemas: readonly SchemaDefinition[];
  /** The type whose endpoint is a prefix of a path's segments, in any case, and the segments after it. */
  byPath(segments: readonly string[]): { readonly type: ResourceType; readonly rest: readonly string[] } | undefined;
  /** By the exact name of the type: `User`. */
  byName(name: string): ResourceType | undefined;
  /** In any case (RFC 8141 section 3). */
  schema(urn: string): SchemaDefinition | undefined;
}

/**
 * Creates a registry of resource types. Types may share schemas.
 *
 * @throws {TypeError} when two types share a name or an endpoint (in any case), when the endpoint of one begins with
 * that of another, or when they define one schema differently
 */
export function createRegistry(types: readonly ResourceType[]): Registry {
  const names = new Map<string, ResourceType>();
  const endpoints = new Map<string, ResourceType>();
  const schemas = new Map<string, SchemaDefinition>();
  for (const type of types) {
    addType(names, endpoints, type);
    addSchema(schemas, type.schema);
    for (const extension of type.extensions) addSchema(schemas, extension.schema);
  }
  return {
    types: Object.freeze([...types]),
    schemas: Object.freeze([...schemas.values()]),
    byPath: (segments) => findByPath(endpoints, segments),
    byName: (name) => {
      const type = names.get(name.toLowerCase());
      return type?.name === name ? type : undefined;
    },
    schema: (urn) => schemas.get(urn.toLowerCase()),
  };
}

function addType(names: Map<string, ResourceType>, endpoints: Map<string, ResourceType>, type: ResourceType): void {
  const endpoint = type.endpoint.toLowerCase();
  const sameEndpoint = endpoints.get(endpoint);
  if (sameEndpoint !== undefined) {
    throw new TypeError(
      `Resource types ${sameEndpoint.name} and ${type.name} have the same endpoint: ${type.endpoint}`,
    );
  }
  for (const [other, { name }] of endpoints) {
    // `/a/b` could also be the resource `b` of `/a`.
    if (other.startsWith(`${endpoint}/`) || endpoint.startsWith(`${other}/`)) {
      throw new TypeError(`Resource types ${name} and ${type.name}: one endpoint begins with the other`);
    }
  }
  if (names.has(type.name.toLowerCase())) throw new TypeError(`Two resource types are called ${type.name}`);
  endpoints.set(endpoint, type);
  names.set(type.name.toLowerCase(), type);
}

function findByPath(
  endpoints: ReadonlyMap<string, ResourceType>,
  segments: readonly string[],
): ReturnType<Registry["byPath"]> {
  let path = "";
  for (const [position, segment] of segments.entries()) {
    path += `/${segment.toLowerCase()}`;
    const type = endpoints.get(path);
    if (type !== undefined) return { type, rest: segments.slice(position + 1) };
  }
  return undefined;
}

function addSchema(schemas: Map<string, SchemaDefinition>, schema: SchemaDefinition): void {
  const key = schema.id.toLowerCase();
  const known = schemas.get(key);
  if (known !== undefined && known !== schema && JSON.stringify(known) !== JSON.stringify(schema)) {
    throw new TypeError(`Schema ${schema.id} has two different definitions`);
  }
  schemas.set(key, known ?? schema);
}
