import type { ResourceType, SchemaDefinition } from "./definition.ts";

/** The resource types of one service provider: what validates, what is discovered and what is routed come from here. */
export interface Registry {
  readonly types: readonly ResourceType[];
  /** Every schema of the types, each once, in the order of the types. */
  readonly schemas: readonly SchemaDefinition[];
  /** In any case, with the leading slash: `/Users`. */
  byEndpoint(endpoint: string): ResourceType | undefined;
  /** Exactly as the type is called: `User`. */
  byName(name: string): ResourceType | undefined;
  /** In any case (RFC 8141 section 3). */
  schema(urn: string): SchemaDefinition | undefined;
}

/**
 * Puts resource types together. Types may share schemas.
 *
 * @throws {TypeError} when two types share a name or an endpoint, or define one schema differently
 */
export function createRegistry(types: readonly ResourceType[]): Registry {
  const names = new Map<string, ResourceType>();
  const endpoints = new Map<string, ResourceType>();
  const schemas = new Map<string, SchemaDefinition>();
  for (const type of types) {
    const endpoint = type.endpoint.toLowerCase();
    if (endpoints.has(endpoint)) throw new TypeError(`Two resource types have the endpoint ${type.endpoint}`);
    endpoints.set(endpoint, type);
    if (names.has(type.name)) throw new TypeError(`Two resource types are called ${type.name}`);
    names.set(type.name, type);
    addSchema(schemas, type.schema);
    for (const extension of type.extensions) addSchema(schemas, extension.schema);
  }
  return {
    types: Object.freeze([...types]),
    schemas: Object.freeze([...schemas.values()]),
    byEndpoint: (endpoint) => endpoints.get(endpoint.toLowerCase()),
    byName: (name) => names.get(name),
    schema: (urn) => schemas.get(urn.toLowerCase()),
  };
}

function addSchema(schemas: Map<string, SchemaDefinition>, schema: SchemaDefinition): void {
  const key = schema.id.toLowerCase();
  const known = schemas.get(key);
  if (known !== undefined && known !== schema && JSON.stringify(known) !== JSON.stringify(schema)) {
    throw new TypeError(`Schema ${schema.id} is defined in two ways`);
  }
  schemas.set(key, known ?? schema);
}
