import type { Resource, ResourceInput } from "../../protocol/resources.ts";
import type { AttributeDefinition, ResourceType, SchemaDefinition } from "../attributes/definition.ts";
import type { TYPES, TypedResourceType, TypedSchema } from "../attributes/typed.ts";
import type { AttributeInput, ExtensionInput, ResourceTypeInput, SchemaInput } from "./inputs.ts";

/** The JavaScript type of a single value, by its SCIM type (RFC 7643 section 2.3). */
interface ValueTypes {
  string: string;
  boolean: boolean;
  decimal: number;
  integer: number;
  dateTime: string;
  binary: string;
  reference: string;
  complex: object;
}

/** One value of an attribute. Where the name is only known at run time, nothing is known of the value. */
type ValueOf<A extends AttributeInput, Way> = string extends A["name"]
  ? unknown
  : A extends { readonly type: "complex"; readonly subAttributes: infer L extends readonly AttributeInput[] }
    ? AttributesOf<L, Way>
    : A extends { readonly canonicalValues: readonly (infer V extends string)[] }
      ? V | (string & {})
      : ValueTypes[A extends { readonly type: infer T extends keyof ValueTypes } ? T : "string"];

type ListOrValue<A extends AttributeInput, Way> = A extends { readonly multiValued: true }
  ? Way extends "read"
    ? ValueOf<A, Way>[]
    : readonly ValueOf<A, Way>[]
  : ValueOf<A, Way>;

/** An object of the attributes `A`, of which `Required` must be there. */
type ObjectOf<A extends AttributeInput, Required extends AttributeInput, Way> = Flat<
  { [X in Required as X["name"]]: ListOrValue<X, Way> } & {
    [X in Exclude<A, Required> as X["name"]]?: ListOrValue<X, Way>;
  }
>;

/** The same type, shown as one object. */
type Flat<T> = { [K in keyof T]: T[K] } & {};

type Secret = { readonly mutability: "writeOnly" } | { readonly returned: "never" };

/**
 * The data that attributes describe. `read`: without what is never returned. `sent`: what only the service provider sets
 * may be left out.
 */
type AttributesOf<L extends readonly AttributeInput[], Way> = Way extends "read"
  ? ObjectOf<Exclude<L[number], Secret>, Exclude<Extract<L[number], { readonly required: true }>, Secret>, Way>
  : ObjectOf<
      L[number],
      Exclude<Extract<L[number], { readonly required: true }>, { readonly mutability: "readOnly" }>,
      Way
    >;

/**
 * What `defineSchema` takes. A literal must be a `SchemaInput`, so that a misspelt characteristic does not compile. What is
 * only known at run time (it is `unknown`, or its `id` is any string) is taken as it is and checked then.
 */
export type SchemaArgument<S> = unknown extends S
  ? S
  : string extends keyof S
    ? S
    : S extends { readonly id: infer Id }
      ? string extends Id
        ? S
        : SchemaInput
      : SchemaInput;

/** The schema that `defineSchema` makes of `S`. Where `S` is only known at run time, it is `SchemaDefinition`. */
export type SchemaFrom<S> = S extends SchemaInput
  ? string extends S["id"]
    ? SchemaDefinition
    : IsTyped<S> extends true
      ? S
      : TypedSchema<S["id"], AttributesOf<S["attributes"], "read">, AttributesOf<S["attributes"], "sent">>
  : SchemaDefinition;

/** Whether it is a schema that has been defined, and not a copy of one with other attributes. */
type IsTyped<S extends SchemaInput> = typeof TYPES extends keyof S
  ? readonly AttributeDefinition[] extends S["attributes"]
    ? true
    : false
  : false;

/** The data of a schema; `Unknown` where the schema is only known at run time. */
type DataOf<S extends SchemaDefinition, Way extends "read" | "sent", Unknown> = S extends {
  readonly [TYPES]?: infer T extends { readonly read: unknown; readonly sent: unknown };
}
  ? T[Way]
  : Unknown;

/** A resource without its extensions. */
type CoreOf<S extends SchemaDefinition, Way extends "read" | "sent"> =
  DataOf<S, Way, Resource> extends infer Data
    ? string extends keyof Data
      ? Data
      : Data & { read: Resource; sent: ResourceInput }[Way]
    : never;

/** The data of extensions under their URNs. */
type ExtensionsOf<E extends ExtensionInput, Way extends "read" | "sent"> = Flat<
  { [X in Extract<E, { readonly required: true }> as X["schema"]["id"]]: DataOf<X["schema"], Way, unknown> } & {
    [X in Exclude<E, { readonly required: true }> as X["schema"]["id"]]?: DataOf<X["schema"], Way, unknown>;
  }
>;

/** A resource of the type that `defineResourceType` makes of `T`. */
type DataOfType<T extends ResourceTypeInput, Way extends "read" | "sent"> = T extends {
  readonly extensions: readonly (infer E extends ExtensionInput)[];
}
  ? CoreOf<T["schema"], Way> & ExtensionsOf<E, Way>
  : CoreOf<T["schema"], Way>;

/**
 * The resource type that `defineResourceType` makes of `T`. Where the schema is only known at run time, it is a
 * `ResourceType`, so that `client.resource<Device>(type)` may say what its resources are.
 */
export type ResourceTypeFrom<T extends ResourceTypeInput> = T extends unknown
  ? typeof TYPES extends keyof T["schema"]
    ? TypedResourceType<T["name"], DataOfType<T, "read">, DataOfType<T, "sent">>
    : ResourceType & { readonly name: T["name"] }
  : never;
