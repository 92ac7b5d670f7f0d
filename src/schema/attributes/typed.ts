import type { Resource } from "../../protocol/resources.ts";
import type { ResourceType, SchemaDefinition } from "./definition.ts";

/** The key of what only the compiler knows of a schema or a resource type. Nothing has this property at run time. */
export declare const TYPES: unique symbol;

/** A schema whose attributes the compiler knows: `Read` is the data as it is read, `Sent` as it may be sent. */
export interface TypedSchema<Id extends string, Read, Sent> extends SchemaDefinition {
  readonly id: Id;
  readonly [TYPES]?: { readonly read: Read; readonly sent: Sent };
}

/** A resource type whose resources the compiler knows: `Read` is a resource as it is read, `Sent` as it may be sent. */
export interface TypedResourceType<Name extends string, Read extends Resource, Sent> extends ResourceType {
  readonly name: Name;
  readonly [TYPES]?: { readonly read: Read; readonly sent: Sent };
}

/**
 * A resource as it is read: `ResourceOf<typeof staff>`. An attribute that its type does not declare is `unknown`. Of a
 * type that is only known at run time it is `Resource`.
 */
export type ResourceOf<T extends ResourceType> =
  T extends TypedResourceType<string, infer Read, unknown> ? Read : Resource;

/**
 * A resource as it may be sent: `InputOf<typeof staff>`. It has no attributes but those that its type declares. Of a type
 * that is only known at run time it is `Resource`.
 */
export type InputOf<T extends ResourceType> = T extends { readonly [TYPES]?: { readonly sent: infer Sent } }
  ? Sent
  : Resource;
