import type { AttributeType, Mutability, Returned, SchemaDefinition, Uniqueness } from "../attributes/definition.ts";

/** An attribute as `defineSchema` takes it: what is left out gets the default of RFC 7643 section 2.2. */
export interface AttributeInput {
  readonly name: string;
  /** @default "string" */
  readonly type?: AttributeType;
  /** @default false */
  readonly multiValued?: boolean;
  readonly description?: string;
  /** @default false */
  readonly required?: boolean;
  /** Suggested values; others are accepted. */
  readonly canonicalValues?: readonly string[];
  /** @default false, and true for references and binary values */
  readonly caseExact?: boolean;
  /** @default "readWrite" */
  readonly mutability?: Mutability;
  /** @default "default", and "never" for writeOnly attributes */
  readonly returned?: Returned;
  /** @default "none" */
  readonly uniqueness?: Uniqueness;
  /** For type `reference`: resource type names, `external` or `uri`. @default ["uri"] */
  readonly referenceTypes?: readonly string[];
  /** For type `complex`, which needs at least one. */
  readonly subAttributes?: readonly AttributeInput[];
}

/** The argument of `defineSchema`. */
export interface SchemaInput {
  /** The URI of the schema, such as `urn:example:params:scim:schemas:extension:badge:2.0:User`. */
  readonly id: string;
  /** @default the last part of the URI */
  readonly name?: string;
  readonly description?: string;
  readonly attributes: readonly AttributeInput[];
}

/** An extension as `defineResourceType` takes it. */
export interface ExtensionInput {
  readonly schema: SchemaDefinition;
  /** Whether every resource of the type must have it. @default false */
  readonly required?: boolean;
}

/** The argument of `defineResourceType`. */
export interface ResourceTypeInput {
  /** Unique among the types of a service provider; part of the URL of its own description. */
  readonly name: string;
  /**
   * Relative to the base URL, with a leading slash: `/Users`, or of several segments, `/inventory/Devices`. Found in
   * any case.
   */
  readonly endpoint: string;
  readonly description?: string;
  readonly schema: SchemaDefinition;
  readonly extensions?: readonly ExtensionInput[];
}
