import type { Resource } from "../../protocol/resources.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { ResourceOf } from "../../schema/attributes/typed.ts";
import { groupResourceType } from "../../schema/definitions/group.ts";
import { userResourceType } from "../../schema/definitions/user.ts";
import { type Mapping, mappingOf } from "./define-mapping.ts";
import type { Replacement, Skip } from "./markers.ts";

/** The key of what only the compiler knows of a mapping of a source. Nothing has this property at run time. */
declare const RESULT: unique symbol;

/** A mapping of a source that gives a part `R` of a directory's `user` or `group`. */
export interface SourceMapping<Kind extends string = string, R = unknown> extends Mapping<"source"> {
  readonly [RESULT]?: { readonly kind: Kind; readonly result: (part: R) => R };
}

/** What a mapping of a source sees: the attributes of a resource by their names, and the whole resource as `scim`. */
export type SourceVariables<T extends Resource> = {
  readonly [K in keyof T as K extends `${string}:${string}` ? never : K]: T[K];
} & { readonly scim: T };

/** Options of `defineSourceUserMapping` and `defineSourceGroupMapping`. */
export interface SourceMappingOptions<T extends ResourceType, R> {
  /** Unique among the mappings it is used with; mappings apply in the order of their names. */
  readonly name: string;
  /** The resource type with its extensions. @default User with the Enterprise extension, or Group */
  readonly resourceType?: T;
  /** Gives a part of what the directory saves, nothing, or `skip(reason)`. */
  readonly expression: (variables: SourceVariables<ResourceOf<T>>) => R | PromiseLike<R>;
  /** `create`: only when the object is made, so that later edits on the other side stand. @default "always" */
  readonly apply?: "always" | "create";
}

/** The part of an object that a mapping gives when its expression returns `R`. It is optional where it may say nothing. */
export type MappedPart<R> = [Extract<R, Skip | null | undefined>] extends [never]
  ? Settled<R>
  : [Exclude<Extract<R, Skip | null | undefined>, Skip>] extends [never]
    ? Settled<Exclude<R, Skip>>
    : Partial<Settled<Exclude<R, Skip | null | undefined>>>;

/** Markers become what they lead to. The symbol is `remove`. */
type Settled<R> = { readonly [K in keyof R]: SettledValue<R[K]> } & {};

type SettledValue<V> = V extends Replacement<infer E> ? readonly E[] : V extends symbol ? undefined : V;

/**
 * Defines a mapping from a SCIM user to a part of the user that a source's directory saves. `createSource` adds the types of
 * what it returns to those of `saveUser(user)`.
 *
 * @example
 * ```ts
 * defineSourceUserMapping({ name: "people: login", expression: ({ userName }) => ({ login: userName.toLowerCase() }) });
 * ```
 * @throws {TypeError} when an option is missing or wrong
 */
export function defineSourceUserMapping<
  R extends object | null | undefined,
  T extends ResourceType = typeof userResourceType,
>(options: SourceMappingOptions<T, R>): SourceMapping<"user", MappedPart<R>> {
  return mappingOf({ ...options, resourceType: (options.resourceType ?? userResourceType).name }, "source");
}

/**
 * Defines a mapping from a SCIM group to a part of the group that a source's directory saves, as
 * `defineSourceUserMapping` does for users. Members are delivered separately.
 *
 * @throws {TypeError} when an option is missing or wrong
 */
export function defineSourceGroupMapping<
  R extends object | null | undefined,
  T extends ResourceType = typeof groupResourceType,
>(options: SourceMappingOptions<T, R>): SourceMapping<"group", MappedPart<R>> {
  return mappingOf({ ...options, resourceType: (options.resourceType ?? groupResourceType).name }, "source");
}
