/** The data types of RFC 7643 section 2.3. */
export type AttributeType =
  | "string"
  | "boolean"
  | "decimal"
  | "integer"
  | "dateTime"
  | "binary"
  | "reference"
  | "complex";

/** When an attribute can be written (RFC 7643 section 7). */
export type Mutability = "readOnly" | "readWrite" | "immutable" | "writeOnly";

/** When an attribute is shown (RFC 7643 section 7). */
export type Returned = "always" | "never" | "default" | "request";

/** How far a value must be unique (RFC 7643 section 7). */
export type Uniqueness = "none" | "server" | "global";

/** An attribute in the form of RFC 7643 section 7, every characteristic spelled out. */
export interface AttributeDefinition {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  /** Suggested values (RFC 7643 section 7); others are accepted. */
  readonly canonicalValues?: readonly string[];
  readonly caseExact: boolean;
  readonly mutability: Mutability;
  readonly returned: Returned;
  readonly uniqueness: Uniqueness;
  /** For type `reference`: resource type names, `external` or `uri`. */
  readonly referenceTypes?: readonly string[];
  /** For type `complex`. */
  readonly subAttributes?: readonly AttributeDefinition[];
}

/** A schema in the form of RFC 7643 section 7. */
export interface SchemaDefinition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly AttributeDefinition[];
}

/** An extension of a resource type (RFC 7643 section 6). */
export interface SchemaExtension {
  readonly schema: SchemaDefinition;
  /** Whether every resource of the type must have it. */
  readonly required: boolean;
}

/**
 * A resource type (RFC 7643 section 6) with its schemas resolved. Made by `defineResourceType`, frozen.
 *
 * The common attributes of RFC 7643 section 3.1 (`id`, `externalId`, `meta`, `schemas`) belong to every type without
 * being listed in its schema.
 */
export interface ResourceType {
  readonly name: string;
  /** Relative to the base URL, with a leading slash: `/Users`. */
  readonly endpoint: string;
  readonly description: string;
  readonly schema: SchemaDefinition;
  readonly extensions: readonly SchemaExtension[];
}

/**
 * An attribute path looked up in a resource type.
 *
 * `attribute` is undefined only where the path names an extension as a whole.
 */
export interface ResolvedPath {
  /** The extension's URN in canonical case; undefined for core and common attributes. */
  readonly extension: string | undefined;
  readonly attribute: AttributeDefinition | undefined;
  readonly sub: AttributeDefinition | undefined;
}
