import type { Address, Meta, MultiValue, Name, ResourceInput, UserAttributes, UserGroup } from "./resources.ts";

/** The paths of what every resource has. */
type CommonPath = keyof ResourceInput | `meta.${keyof Meta}`;

/** The paths of the User schema. They are written by hand, since deriving them makes the compiler slow. */
type UserPath =
  | keyof UserAttributes
  | `name.${keyof Name}`
  | `${"emails" | "phoneNumbers" | "ims" | "photos" | "entitlements" | "roles" | "x509Certificates"}.${keyof MultiValue}`
  | `addresses.${keyof Address}`
  | `groups.${keyof UserGroup}`;

/** The paths of attributes and sub-attributes. A name with a colon is the URN of an extension (RFC 7644 section 3.10). */
type DerivedPath<T, Names> = { [K in Names & keyof T & string]-?: K | PathWithin<K, T[K]> }[Names & keyof T & string];

type PathWithin<Name extends string, V> = V extends object
  ? V extends readonly (infer E)[]
    ? PathWithin<Name, E>
    : Name extends `${string}:${string}`
      ? `${Name}:${DerivedPath<V, keyof V>}`
      : `${Name}.${keyof V & string}`
  : never;

type KnownPath<T> =
  | CommonPath
  | (keyof UserAttributes extends keyof T
      ? UserPath | DerivedPath<T, Exclude<keyof T, keyof UserAttributes | keyof ResourceInput>>
      : DerivedPath<T, Exclude<keyof T, keyof ResourceInput>>);

/**
 * A path of an attribute, such as `name.familyName`. Editors propose the paths of `T`, a resource as it may be sent. Every
 * other string is accepted too, since some paths are only known at run time.
 */
export type PathOf<T> = T extends unknown
  ? [keyof T] extends [never]
    ? string
    : string extends keyof T
      ? string
      : KnownPath<T> | (string & {})
  : never;
