import type { AttributeDefinition, ResourceType, SchemaDefinition } from "./definition.ts";
import { isSecret } from "./is-secret.ts";
import { isGroups, isMembers } from "./membership-attributes.ts";

/** The attributes of one schema or the sub-attributes of one attribute, found by their names in any case. */
export type AttributesByName = ReadonlyMap<string, AttributeDefinition>;

/** One schema of a resource type, ready for look-ups. */
export interface IndexedSchema {
  readonly definition: SchemaDefinition;
  /** The URN in canonical case; undefined for the type's own schema. */
  readonly extension: string | undefined;
  /** Of the type's own schema: the common attributes too. */
  readonly attributes: AttributesByName;
  /** The attributes of the schema itself that are unique, or have a sub-attribute that is. */
  readonly unique: readonly AttributeDefinition[];
  /** The attributes of the schema itself that are never shown, or have a sub-attribute that is not. */
  readonly secret: readonly AttributeDefinition[];
}

/** All look-ups of a resource type. */
export interface TypeIndex {
  /** The type's own schema with the common attributes. */
  readonly core: IndexedSchema;
  /** Every schema of the type, the core's too, found by its URN in any case. */
  readonly schemas: ReadonlyMap<string, IndexedSchema>;
  /** Sub-attributes of the complex attributes. */
  readonly subAttributes: ReadonlyMap<AttributeDefinition, AttributesByName>;
  /** The attributes of `core` in their order. */
  readonly coreAttributes: readonly AttributeDefinition[];
  /** The attribute that holds members, if the type has one. */
  readonly members: AttributeDefinition | undefined;
  /** The attribute that is derived from memberships, if the type has one. */
  readonly groups: AttributeDefinition | undefined;
}

/** A registry symbol, so that a type made by one copy of this package can be read by another. */
const INDEX: unique symbol = Symbol.for("scimkit.TypeIndex") as never;

/** Builds the index of a resource type and attaches it to the type, hidden from `JSON` and comparisons. */
export function attachIndex<T extends ResourceType>(type: T, common: readonly AttributeDefinition[]): T {
  return Object.defineProperty(type, INDEX, { value: buildIndex(type, common) });
}

/**
 * The index of a resource type.
 *
 * @throws {TypeError} when the type was not made by `defineResourceType`
 */
export function indexOf(type: ResourceType): TypeIndex {
  const index = (type as { [INDEX]?: TypeIndex })[INDEX];
  if (index === undefined) throw new TypeError(`Resource type ${type.name} was not created by defineResourceType`);
  return index;
}

/** The attribute of that name, in any case, in a schema of the type; `extension` undefined means core and common. */
export function findAttribute(
  type: ResourceType,
  extension: string | undefined,
  name: string,
): AttributeDefinition | undefined {
  const index = indexOf(type);
  const schema = extension === undefined ? index.core : index.schemas.get(extension);
  return schema?.attributes.get(name);
}

/** The URN, in canonical case, of the extension with this URN in any case. */
export function findExtension(type: ResourceType, name: string): string | undefined {
  // Every URN has a colon; no attribute name has one.
  return name.includes(":") ? indexOf(type).schemas.get(name)?.extension : undefined;
}

/** The sub-attribute of that name, in any case, of one of the type's complex attributes. */
export function findSubAttribute(
  type: ResourceType,
  attribute: AttributeDefinition,
  name: string,
): AttributeDefinition | undefined {
  return indexOf(type).subAttributes.get(attribute)?.get(name);
}

function buildIndex(type: ResourceType, common: readonly AttributeDefinition[]): TypeIndex {
  const core: IndexedSchema = {
    definition: type.schema,
    extension: undefined,
    attributes: byName([...common, ...type.schema.attributes]),
    unique: type.schema.attributes.filter(isUnique),
    secret: type.schema.attributes.filter(holdsSecret),
  };
  const extensions = type.extensions.map(({ schema }) => ({
    definition: schema,
    extension: schema.id,
    attributes: byName(schema.attributes),
    unique: schema.attributes.filter(isUnique),
    secret: schema.attributes.filter(holdsSecret),
  }));
  const schemas = new CaselessMap([core, ...extensions].map((schema) => [schema.definition.id, schema] as const));
  const subAttributes = new Map<AttributeDefinition, AttributesByName>();
  for (const schema of schemas.values()) {
    for (const attribute of schema.attributes.values()) {
      if (attribute.subAttributes !== undefined) subAttributes.set(attribute, byName(attribute.subAttributes));
    }
  }
  return {
    core,
    schemas,
    subAttributes,
    coreAttributes: [...core.attributes.values()],
    members: type.schema.attributes.find(isMembers),
    groups: type.schema.attributes.find(isGroups),
  };
}

function isUnique({ uniqueness, subAttributes }: AttributeDefinition): boolean {
  return uniqueness !== "none" || subAttributes?.some(isUnique) === true;
}

function holdsSecret(attribute: AttributeDefinition): boolean {
  return isSecret(attribute) || attribute.subAttributes?.some(isSecret) === true;
}

function byName(attributes: readonly AttributeDefinition[]): AttributesByName {
  return new CaselessMap(attributes.map((attribute) => [attribute.name, attribute] as const));
}

/** Finds by names in any case. Most names are in the case of their definition and are found without lower-casing. */
class CaselessMap<V> extends Map<string, V> {
  private readonly exact: ReadonlyMap<string, V>;

  constructor(entries: readonly (readonly [string, V])[]) {
    super();
    this.exact = new Map(entries);
    for (const [name, value] of entries) this.set(name.toLowerCase(), value);
  }

  override get(name: string): V | undefined {
    return this.exact.get(name) ?? super.get(name.toLowerCase());
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}
