import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { InputOf } from "../../schema/attributes/typed.ts";
import { groupResourceType } from "../../schema/definitions/group.ts";
import { userResourceType } from "../../schema/definitions/user.ts";
import { type Mapping, mappingOf } from "./define-mapping.ts";
import type { Replacement, remove, Skip } from "./markers.ts";
import type { ProviderVariables } from "./provider-variables.ts";

/** What a mapping of a provider sees of a user. */
export interface ProviderUserVariables<D extends DirectoryUser = DirectoryUser> extends ProviderVariables {
  readonly user: D;
}

/** What a mapping of a provider sees of a group. */
export interface ProviderGroupVariables<D extends DirectoryGroup = DirectoryGroup> extends ProviderVariables {
  readonly group: D;
}

/**
 * A part of a resource `Input` that a mapping of a provider may return: attributes that the type declares. `null` clears an
 * attribute, `remove` takes back what earlier mappings gave, and `replace` replaces their list. Members are pushed separately.
 */
export type ResourcePart<Input> = {
  readonly [K in keyof Input as Exclude<K, NotMapped>]?: AttributePart<NonNullable<Input[K]>>;
};

type NotMapped = "id" | "meta" | "members";

/** What a mapping of a provider may return for an attribute with values `V`. */
export type AttributePart<V> =
  | (V extends readonly (infer E)[]
      ? V | Replacement<E>
      : V extends object
        ? { readonly [K in keyof V]?: AttributePart<V[K]> }
        : V)
  | typeof remove
  | null
  | undefined;

/** What an expression of a provider's mapping may return for a resource `Input`. */
export type ProviderResult<Input> =
  | ResourcePart<Input>
  | Skip
  | null
  | undefined
  | PromiseLike<ResourcePart<Input> | Skip | null | undefined>;

/**
 * What an expression that returns `R` must return too: nothing for names that `Input` does not have. The compiler does not
 * look for such names in the result of a function by itself.
 */
export type OnlyDeclared<R, Input> =
  R extends PromiseLike<infer Later>
    ? PromiseLike<OnlyDeclared<Later, Input>>
    : R extends Skip | null | undefined
      ? R
      : {
          readonly [K in keyof R]: K extends Exclude<keyof Input, NotMapped>
            ? Declared<R[K], Input[K]>
            : NoSuchAttribute<K>;
        };

declare const NAME: unique symbol;

/** The type that error messages of the compiler show for an attribute that the resource type does not declare. No value has it. */
export interface NoSuchAttribute<Name> {
  readonly [NAME]: Name;
}

type Declared<V, Attribute> = V extends readonly (infer One)[]
  ? readonly Named<One, NonNullable<Attribute> extends readonly (infer E)[] ? E : never>[]
  : V extends Replacement<unknown>
    ? V
    : Named<V, NonNullable<Attribute>>;

type Named<V, Complex> = V extends object
  ? { readonly [K in keyof V]: K extends keyof Complex ? V[K] : NoSuchAttribute<K> }
  : V;

/** Options of `defineProviderUserMapping` and `defineProviderGroupMapping`. */
export interface ProviderMappingOptions<T extends ResourceType, V, R> {
  /** Unique among the mappings it is used with; mappings apply in the order of their names. */
  readonly name: string;
  /** The application's resource type with its extensions. @default User with the Enterprise extension, or Group */
  readonly resourceType?: T;
  /** Gives a part of what is sent, nothing, or `skip(reason)`. */
  readonly expression: (variables: V) => R & OnlyDeclared<R, InputOf<T>>;
  /** `create`: only when the object is made, so that later edits on the other side stand. @default "always" */
  readonly apply?: "always" | "create";
}

/**
 * Defines a mapping from a user of the directory to a part of the SCIM user that a provider sends. An attribute that the
 * resource type does not declare does not compile.
 *
 * @example
 * ```ts
 * defineProviderUserMapping({ name: "ours: title", expression: ({ user }) => ({ title: user.displayName }) });
 * ```
 * @throws {TypeError} when an option is missing or wrong
 */
export function defineProviderUserMapping<
  T extends ResourceType = typeof userResourceType,
  D extends DirectoryUser = DirectoryUser,
  R extends ProviderResult<InputOf<T>> = ProviderResult<InputOf<T>>,
>(options: ProviderMappingOptions<T, ProviderUserVariables<D>, R>): Mapping<"provider"> {
  return mappingOf({ ...options, resourceType: (options.resourceType ?? userResourceType).name }, "provider");
}

/**
 * Defines a mapping from a group of the directory to a part of the SCIM group that a provider sends, as
 * `defineProviderUserMapping` does for users.
 *
 * @throws {TypeError} when an option is missing or wrong
 */
export function defineProviderGroupMapping<
  T extends ResourceType = typeof groupResourceType,
  D extends DirectoryGroup = DirectoryGroup,
  R extends ProviderResult<InputOf<T>> = ProviderResult<InputOf<T>>,
>(options: ProviderMappingOptions<T, ProviderGroupVariables<D>, R>): Mapping<"provider"> {
  return mappingOf({ ...options, resourceType: (options.resourceType ?? groupResourceType).name }, "provider");
}
